/**
 * The examples of README.md, so that each can be run and type-checked.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A block of TypeScript in the README. */
export interface ReadmeExample {
  /** Where it is: the heading above it, and which of that section's examples it is. */
  readonly name: string;
  readonly code: string;
  /** What it says that it prints: the texts after `// →`, in order. */
  readonly prints: readonly string[];
  /** Whether it is a file of tests, not a program. */
  readonly isTest: boolean;
}

/** Reads every `ts` block of README.md. */
export function readmeExamples(): ReadmeExample[] {
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
  const examples: ReadmeExample[] = [];
  let heading = '';
  let number = 0;
  for (const [, title, code] of readme.matchAll(/^#+ (.+)$|^```ts\n((?:.*\n)*?)^```$/gm)) {
    if (title !== undefined) {
      heading = title;
      number = 0;
    } else if (code !== undefined) {
      number += 1;
      examples.push({
        name: `${heading} (${number})`,
        code,
        prints: [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, text = '']) => text),
        isTest: /from 'vitest'/.test(code),
      });
    }
  }
  return examples;
}
