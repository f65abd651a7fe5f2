// Prints what importing the package changed in the process.
import fs from 'node:fs';
import 'node:module'; // Deno's own puts a variable into the global object.

const events = ['exit', 'beforeExit', 'SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException', 'warning'];
const look = () => ({
  ...Object.fromEntries(events.map((event) => [event, process.listenerCount(event)])),
  cwd: process.cwd,
  close: fs.close,
  closeSync: fs.closeSync,
  open: fs.open,
  globals: Object.keys(globalThis).join(),
});

const before = look();
await import('glovebox-cache');
const after = look();
console.log(JSON.stringify(Object.keys(after).filter((name) => after[name] !== before[name])));
