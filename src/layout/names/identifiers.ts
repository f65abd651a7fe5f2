/**
 * Names as a devicetree can hold them.
 */

const IDENTIFIER = /^[A-Za-z_]\w*$/;
const LONGEST = 128;

/** Whether `text` can be a label in a devicetree, and a name for the C preprocessor. */
export function isIdentifier(text: string): boolean {
  return text.length <= LONGEST && IDENTIFIER.test(text);
}

/**
 * Names for the nodes of `titles`, each with `prefix`: what a name can't hold becomes `_`, and no two are the same.
 */
export function nodeNames(prefix: string, titles: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return titles.map((title, index) => {
    const plain = title.slice(0, LONGEST).replaceAll(/[^A-Za-z0-9_]+/g, '_') || String(index);
    let name = `${prefix}${plain}`;
    for (let number = 2; taken.has(name); number++) name = `${prefix}${plain}_${number}`;
    taken.add(name);
    return name;
  });
}

/** A behaviour's name without its `&`. */
export function withoutAmpersand(name: string): string {
  return name.startsWith('&') ? name.slice(1) : name;
}

/** The names that are there more than once. */
export function duplicates(names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(names.filter((name) => seen.size === seen.add(name).size));
}
