/** What an import costs: `import [specifier]` prints the milliseconds that importing it takes, from a module in a file. */

const [, , specifier] = process.argv;

const started = performance.now();
if (specifier !== undefined) await import(specifier);
console.log(performance.now() - started);
// Nobody waits for what a package keeps open.
process.exit(0);
