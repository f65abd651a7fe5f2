/**
 * The rules of the protocol that can be taken out of the model, each by its name. The names are those by which they are
 * taken out of the engine (`test/proofs/rules/rules.ts`), where it has them there.
 */

export const RULES = {
  'set-announces': 'a set appends `open` before its sidecar appears',
  'set-looks-before-sidecar': 'a set whose entry file was taken away does not let its sidecar appear',
  'set-fences-reaper': 'a set empties and removes a reap folder that it finds after its sidecar has appeared',
  'set-looks-at-tail': 'a set removes the generations that were set since it began',
  'set-looks-at-own-sidecar': 'a set asks what its key’s sidecar names when its own has lost its name',
  'set-looks-at-own-entry': 'a set whose entry file was taken away starts over',
  'set-looks-again': 'a set looks at its files again if anything was appended since it announced itself',
  'set-starts-over': 'a set whose sidecar was taken away in passing starts over, unless another came after it',
  'set-looks-at-sidecar-first':
    'a set looks whether its sidecar was taken before it looks whether its entry file was killed',
  'taken-sidecar-asks': 'a set whose sidecar was taken away in passing makes readers ask the sidecar',
  'taken-is-marked': 'what is removed in passing is marked first, so that its set can tell it from what was killed',
  'delete-announces': 'a delete appends `open` before it kills',
  'delete-tells': 'a delete appends what it has killed',
  'delete-tries-again': 'a delete that found its generation gone looks for a newer one',
  'delete-believes-sidecar':
    'a delete of a key in doubt says that it has removed something only if its sidecar named it',
  'discard-spoils':
    'an index is spoiled before it is discarded, and what a compaction makes of a spoiled one is not complete',
  'kill-through-descriptor':
    'a sidecar is emptied through the descriptor by which it was read as the killed generation',
  'evict-tells': 'an eviction appends what it has killed',
  'gone-twice': 'a reader that finds the entry file gone asks the sidecar again',
  'reaper-moves': 'a reaper moves a dead sidecar into the reap folder instead of removing it by its name',
  'reaper-own-folder': 'each reaper has a folder of its own in the reap folder',
  'pending-asks': 'an unresolved `open` makes readers ask the sidecar',
  'memory-looks': 'a value in memory is returned only after a look at the index',
  'memory-doubts': 'a value in memory is not returned while its key is in doubt',
  'memory-epoch': 'a value in memory is not returned after the index was replaced',
  'memory-stamp': 'a value in memory is not returned after its row was changed',
  'out-of-order-asks': 'a record whose replaced generation is not the listed one makes readers ask the sidecar',
  'kill-of-unlisted-asks': 'the kill of a generation that is not the listed one makes readers ask the sidecar',
  'kill-of-pending-asks': 'a kill makes readers ask the sidecar when the key is not listed and a set is under way',
  'kill-of-nothing-asks': 'a delete that found nothing of what is listed makes readers ask the sidecar',
  'reopen-when-replaced': 'a process whose index was replaced drops all it knows and opens the new one',
  'append-again': 'an appender whose index was replaced appends to the new one, too',
  'append-again-doubts': 'what is appended to a second index says that the sidecar decides',
  'absent-is-verified': 'a key is looked for before “not listed” is believed',
  'compaction-own-file': 'a compactor removes the temporary indexes of all others before it looks at the index',
  'compaction-epoch': 'a compactor gives up when the index that it started from was replaced',
  'compaction-whole-lines': 'a compaction takes its snapshot at the end of the last whole line',
  'compaction-settles': 'a compaction asks the sidecars of the keys in doubt',
  'compaction-carries-over': 'a compaction carries over what was appended to the old index meanwhile',
  'compaction-carries-asks': 'what a compaction carries over says that the sidecar decides',
  'carry-over-names-generations': 'what a compaction carries over names the generations that were set',
  'compaction-keeps-opens': 'a compaction writes down what is under way',
  'compaction-ends-old': 'a compaction ends what was opened more than an hour ago',
  'compaction-passes-on': 'a compactor whose index was replaced before it was complete passes on what it carried over',
  'complete-with-done': 'an index without `done` is no complete list',
  'rebuild-opens-unnamed': 'a rebuild lists as under way the young entry files that no sidecar names',
  'sweep-moves-orphans': 'a sweep moves orphans into the reap folder instead of removing them by their names',
  'compaction-moves-orphans': 'a compaction that ends an old set moves its entry file into the reap folder first',
  'sweep-by-age': 'a sweep leaves alone what is younger than an hour',
} as const;

/** The name of a rule. */
export type RuleName = keyof typeof RULES;

/** The rules in force. */
export class Rules {
  readonly #missing: ReadonlySet<RuleName>;

  constructor(...missing: readonly RuleName[]) {
    this.#missing = new Set(missing);
  }

  has(rule: RuleName): boolean {
    return !this.#missing.has(rule);
  }
}
