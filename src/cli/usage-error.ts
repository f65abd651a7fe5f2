/**
 * Wrong usage, told in one line.
 */

import { NAME } from './context.ts';

/** Commander's errors as this command says them: one line, from the command's name to where to read on. */
export function usageError(text: string, help: string): string {
  const line = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  return `${NAME}: ${withLikelySuggestion(line)}; see ${NAME} ${help}\n`;
}

/** Commander suggests whatever two words of four letters have two in common; a slip mostly keeps the first one. */
function withLikelySuggestion(line: string): string {
  const match = /^(unknown (?:command|option) '-*(.).*') \(Did you mean (?:one of )?(.*)\?\)$/.exec(line);
  if (match === null) return line;
  const [, said = '', first = '', names = ''] = match;
  const likely = names.split(', ').filter((name) => name.replace(/^-*/, '').startsWith(first));
  return likely.length === 0 ? said : `${said} (Did you mean ${likely.join(' or ')}?)`;
}
