/** The bundled script of the helper tab: `scripts/bundle-page.mjs` builds it from `tab/index.ts`. */
declare const script: string;
export default script;
