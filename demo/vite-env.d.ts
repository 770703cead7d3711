/** What of Vite's constants is used here; `vite/client` declares more than the rest of this repository can bear. */
interface ImportMeta {
  readonly env: { readonly PROD: boolean; readonly BASE_URL: string };
}
