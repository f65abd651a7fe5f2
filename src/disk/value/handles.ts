/**
 * Objects that stand for something outside of them. `structuredClone` gives them special care that a serialiser can't:
 * depending on the runtime it refuses them, or silently writes an empty object.
 */

const HANDLE_CLASSES = [
  'Blob',
  'CryptoKey',
  'DOMException',
  'MessagePort',
  'ReadableStream',
  'WritableStream',
  'TransformStream',
] as const;

/** The classes that this runtime has; looked up when first needed, since some are loaded by that. */
let classes: readonly { readonly name: string; readonly isInstance: (value: object) => boolean }[] | undefined;

function handleClasses(): NonNullable<typeof classes> {
  classes ??= HANDLE_CLASSES.flatMap((name) => {
    const found: unknown = Reflect.get(globalThis, name);
    return typeof found === 'function' ? [{ name, isInstance: (value: object) => value instanceof found }] : [];
  });
  return classes;
}

/** The class of the first handle in a value, however deep; `undefined` if there is none. Visits all of the value. */
export function findHandle(value: unknown): string | undefined {
  const seen = new Set<object>();
  const left: unknown[] = [value];
  while (left.length > 0) {
    const part = left.pop();
    if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part) || seen.has(part)) continue;
    seen.add(part);
    const handle = handleClasses().find(({ isInstance }) => isInstance(part));
    if (handle !== undefined) return handle.name;
    if (part instanceof Map) left.push(...part.keys(), ...part.values());
    else if (part instanceof Set) left.push(...part.values());
    else left.push(...Object.values(part));
  }
  return undefined;
}
