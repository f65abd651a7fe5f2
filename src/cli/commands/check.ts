/**
 * `check`: verifies the tags of a root, and repairs them if asked.
 */

import type { CheckProblem, CheckReport } from '../../disk/upkeep/check.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatCount, printable } from '../format.ts';
import { existingTags, forEachTag, tellNoTags } from '../open-tags.ts';
import { withProgress } from '../progress.ts';
import { formatTable } from '../table.ts';

/** Checks one tag, or all. @returns 1 if there is damage left; what killed processes leave is none. */
export async function check(
  context: CommandContext,
  options: { readonly tag?: string; readonly repair?: boolean },
): Promise<number> {
  const reports: ({ readonly tag: string } & CheckReport)[] = [];
  const tags = existingTags(context, options.tag);
  if (tags.length === 0) await tellNoTags(context);
  const exitCode = await forEachTag(context, tags, async (cache, tag) => {
    const report = await withProgress(context, `checking ${tag}`, (tell) =>
      cache.check({ repair: options.repair, onProgress: (done, total) => tell(done / total) }),
    );
    reports.push({ tag, ...report });
  });
  if (context.json) {
    await context.printJson(reports);
  } else {
    for (const { tag, entries, problems, repaired } of reports) {
      const found = problems.length === 0 ? 'no problems' : summary(problems);
      const mended = options.repair && problems.length > 0 ? `, ${repaired} repaired` : '';
      await context.print(`tag ${tag}: ${formatCount(entries, 'entry')} checked, ${found}${mended}\n`);
      if (problems.length > 0) await context.print(table(context, problems));
    }
  }
  const left = reports.flatMap(({ problems }) => problems.filter(({ repaired }) => !repaired));
  if (left.length > 0 && !options.repair) await context.tell('problems found; check --repair mends them');
  return left.some(({ severity }) => severity === 'damage') ? EXIT.failure : exitCode;
}

function summary(problems: readonly CheckProblem[]): string {
  const leftovers = problems.filter(({ severity }) => severity === 'leftover').length;
  const found = formatCount(problems.length, 'problem');
  if (leftovers === 0) return found;
  return `${found} (${leftovers} left by killed processes, harmless)`;
}

function table({ colors }: CommandContext, problems: readonly CheckProblem[]): string {
  return formatTable(
    [
      { heading: 'PROBLEM' },
      { heading: 'SEVERITY' },
      { heading: 'PATH' },
      { heading: 'KEY' },
      { heading: 'DETAIL' },
      { heading: 'REPAIRED' },
    ],
    problems.map(({ kind, severity, path, key, detail, repaired }) => [
      kind,
      severity,
      printable(path),
      printable(key ?? ''),
      printable(detail),
      repaired ? 'yes' : 'no',
    ]),
    colors,
  );
}
