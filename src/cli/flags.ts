/**
 * The library's words for what the command line calls by the names of its flags.
 */

const FLAGS: Readonly<Record<string, string>> = {
  inputs: '--input',
  outputs: '--output',
  envNames: '--env',
  boards: '--board',
  shields: '--shield',
  artifacts: '--artifact',
  cmakeArgs: '--cmake-arg',
  buildFolder: '--build-folder',
  workspace: '--workspace',
  revision: '--revision',
  output: '--output',
  keymapFile: 'KEYMAP',
  configFile: 'CONFIG',
  maxSizeBytes: '--max-size',
};

/** An error's message, with the flag for each argument that it names: at its beginning, or what to raise. */
export function inFlags(message: string): string {
  return message
    .replace(/^\w+(?= (?:must|is|tells) )/, (name) => FLAGS[name] ?? name)
    .replace(/\bmaxSizeBytes\b/, (name) => FLAGS[name] ?? name);
}
