import { randomUUID } from 'node:crypto';
import type { Plugin } from 'vite';

/** In the order in which they are read: nothing is allowed but what is named. */
const DIRECTIVES = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // Attached images are data URLs. Those of a model that are elsewhere become links.
  "img-src 'self' data: blob:",
  // Models that the person has configured: anywhere, but over http on this computer only.
  "connect-src 'self' https: http://localhost:* http://127.0.0.1:*",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  // HTML and script addresses come from these two policies or not at all.
  "require-trusted-types-for 'script'",
  'trusted-types dompurify offshoot-service-worker',
];

/** In development Vite brings inline scripts and styles, asks over a web socket, and draws errors with innerHTML. */
const inDevelopment = (nonce: string): string[] =>
  DIRECTIVES.filter((directive) => !directive.includes('trusted-types')).map((directive) => {
    if (/^(?:script|style)-src/.test(directive)) return `${directive} 'nonce-${nonce}'`;
    return directive.startsWith('connect-src') ? `${directive} ws://localhost:* ws://127.0.0.1:*` : directive;
  });

/** Behind the charset, which has to be within the first 1024 bytes, and before everything that loads something. */
const PLACE = '<meta charset="utf-8" />';

export function contentSecurityPolicy(): Plugin {
  const nonce = randomUUID();
  let directives = DIRECTIVES;
  return {
    name: 'offshoot:content-security-policy',
    config(_, { command, isPreview }) {
      if (command === 'build' || isPreview) return undefined;
      directives = inDevelopment(nonce);
      return { html: { cspNonce: nonce } };
    },
    transformIndexHtml(html) {
      if (!html.includes(PLACE)) throw new Error(`index.html has no ${PLACE} to put the policy behind.`);
      const meta = `<meta http-equiv="Content-Security-Policy" content="${directives.join('; ')}" />`;
      return html.replace(PLACE, `${PLACE}\n    ${meta}`);
    },
  };
}
