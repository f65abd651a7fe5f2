/**
 * The library's words for what the command line calls by the names of its flags.
 */

const FLAGS: Readonly<Record<string, string>> = {
  inputs: '--input',
  outputs: '--output',
  envNames: '--env',
  maxSizeBytes: '--max-size',
};

/** An error's message, with the flag for each argument that it names: at its beginning, or what to raise. */
export function inFlags(message: string): string {
  return message
    .replace(/^(?:inputs|outputs|envNames)(?= must )/, (name) => FLAGS[name] ?? name)
    .replace(/\bmaxSizeBytes\b/, (name) => FLAGS[name] ?? name);
}
