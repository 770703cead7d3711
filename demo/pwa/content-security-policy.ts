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

/** Behind the charset, which has to be within the first 1024 bytes, and before everything that loads something. */
const PLACE = '<meta charset="utf-8" />';

/** At build only: in development, Vite brings inline scripts. */
export const contentSecurityPolicy = (): Plugin => ({
  name: 'offshoot:content-security-policy',
  apply: 'build',
  transformIndexHtml(html) {
    if (!html.includes(PLACE)) throw new Error(`index.html has no ${PLACE} to put the policy behind.`);
    const meta = `<meta http-equiv="Content-Security-Policy" content="${DIRECTIVES.join('; ')}" />`;
    return html.replace(PLACE, `${PLACE}\n    ${meta}`);
  },
});
