// A serverless function: bundled into one file, put into a folder that can't be written, with one temporary folder.
// No top-level await, so that it may be bundled as CommonJS too.
import { writeFileSync } from 'node:fs';
import { createDefaultCache } from 'glovebox-cache';

const cache = createDefaultCache({ tag: 'function' });

export async function handler() {
  const visits = (await cache.get('visits', 0)) + 1;
  await cache.set('visits', visits);
  return { visits, locked: await cache.withLock('visits', () => true) };
}

const [probe] = process.argv.slice(2);
handler().then((answer) => console.log(JSON.stringify({ ...answer, readOnly: !canWrite(probe) })));

function canWrite(path) {
  try {
    writeFileSync(path, '');
    return true;
  } catch {
    return false;
  }
}
