/** The script of the helper tab, all in one: `scripts/bundle-page.mjs` makes it of `tab/index.ts`. */
declare const script: string;
export default script;
