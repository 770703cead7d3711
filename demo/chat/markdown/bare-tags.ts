/** A tag, its attributes with it; what stands in quotes may be anything. */
const TAG = /<([a-z][^\s/>"'=]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>/gi;
const ATTRIBUTE = /([^\s"'=/]+)(\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?/g;

/**
 * HTML whose tags have no attributes but these. What sanitizes it parses it first, and a policy already refuses
 * handlers and styles there, with a remark for each of them. No defence: tags that this takes for text are left to that.
 */
export const withBareTags = (html: string, allowed: ReadonlySet<string>): string =>
  html.replace(TAG, (_, name: string, attributes: string) => {
    const kept = attributes.match(ATTRIBUTE)?.filter((each) => allowed.has(nameOf(each))) ?? [];
    return `<${[name, ...kept].join(' ')}>`;
  });

const nameOf = (attribute: string) => attribute.split(/[\s=]/, 1)[0]!.toLowerCase();
