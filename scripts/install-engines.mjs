// Makes sure that there are a Firefox and a WebKitGTK to test with, beside Chromium.
import { installFromDebian } from './debian.mjs';
import { findFirefox, packages as ofFirefox } from './firefox.mjs';
import { findWebKit, packages as ofWebKit } from './webkit.mjs';

const missing = [...(findFirefox() ? [] : ofFirefox), ...(findWebKit() ? [] : ofWebKit)];
if (missing.length > 0) installFromDebian(missing);

const [firefox, webkit] = [findFirefox(), findWebKit()];
console.log(firefox ? `Firefox: ${firefox}` : 'No Firefox. Install one, or name it in FIREFOX_PATH.');
console.log(webkit ? `WebKitGTK: ${webkit.driver}` : `No WebKitGTK. Debian’s is in ${ofWebKit.join(', ')}.`);
process.exitCode = firefox && webkit ? 0 : 1;
