/**
 * The rules of the protocol, each with the change of the source that takes it out.
 *
 * A proof that stays green without the rule it is about proves nothing, so proofs are run against copies of the engine
 * in which one rule is missing, and must find that out.
 */

/** One rule, and how it is taken out. */
export interface Rule {
  /** What the rule demands. */
  readonly demands: string;
  /** The file under `src/disk/` that keeps it. */
  readonly file: string;
  /** A text that occurs in that file once. */
  readonly find: string;
  /** What stands in its place in the copy. */
  readonly replace: string;
}

export const RULES = {
  'set-announces': {
    demands: 'a set appends `open` before its sidecar appears',
    file: 'access/writer.ts',
    find: 'const before = catalog.announce(hash, generation);',
    replace: 'catalog.poll(); const before = { mark: catalog.mark(), row: catalog.consult(hash) };',
  },
  'set-fences-reaper': {
    demands: 'a set empties and removes a reap folder that it finds after its sidecar has appeared',
    file: 'access/writer.ts',
    find: 'fenceReaper(store.paths, hash);',
    replace: '',
  },
  'set-looks-at-tail': {
    demands: 'a set removes the generations that were set since it began',
    file: 'access/writer.ts',
    find: '...catalog.generationsSince(before.mark, hash)',
    replace: '',
  },
  'set-looks-again': {
    demands: 'a set looks at its files again if anything was appended since it announced itself',
    file: 'access/writer.ts',
    find: 'if (catalog.isQuietSince(before.mark, appended) && side.nlink > 0',
    replace: 'if (side.nlink > 0',
  },
  'set-looks-at-own-sidecar': {
    demands: 'a set asks which generation its sidecar names when its own sidecar was replaced',
    file: 'access/writer.ts',
    find: 'if (ownSidecar.nlink === 0) {',
    replace: 'if (ownSidecar.nlink < 0) {',
  },
  'set-looks-before-sidecar': {
    demands: 'a set whose entry file was taken away starts over before its sidecar takes the place of a good one',
    file: 'access/writer.ts',
    find: 'if (mayBeTaken(began) && fs.fstatSync(entry).nlink === 0) return this.#abandon(hash, generation);',
    replace: '',
  },
  'set-looks-at-own-entry': {
    demands: 'a set whose entry file was taken away starts over',
    file: 'access/writer.ts',
    find: 'if (standing === own) return !wasTaken(ownEntry);',
    replace: 'if (standing === own) return ownEntry.nlink >= 0;',
  },
  'set-clears-up': {
    demands: 'a set removes the entry files of the generations that it replaced',
    file: 'access/writer.ts',
    find: "if (generation !== '' && generation !== standing) this.#unlinkQuietly(hash, generation);",
    replace: 'if (generation === standing + own) this.#unlinkQuietly(hash, generation);',
  },
  'delete-announces': {
    demands: 'a delete appends `open` before it kills',
    file: 'access/deleter.ts',
    find: 'const announced = this.#orDiscard(() => catalog.announce(hash, operation));',
    replace: 'catalog.poll(); const announced = { row: catalog.consult(hash) };',
  },
  'kill-through-descriptor': {
    demands: 'a sidecar is emptied through the descriptor by which it was read as the killed generation',
    file: 'entry/store.ts',
    find: 'if (namesGeneration(this.#readText(descriptor), generation)) this.#empty(descriptor);',
    replace: 'if (namesGeneration(this.#readText(descriptor), generation)) unlinkIfThere(this.paths.sidecar(hash));',
  },
  'delete-through-descriptor': {
    demands: 'a delete empties the sidecar through the descriptor by which it was read',
    file: 'entry/store.ts',
    find: `const killed = this.unlinkEntry(hash, generation);
      this.#empty(descriptor);`,
    replace: `const killed = this.unlinkEntry(hash, generation);
      unlinkIfThere(this.paths.sidecar(hash));`,
  },
  'entry-first': {
    demands: 'a kill removes the entry file before it touches the sidecar',
    file: 'entry/store.ts',
    find: `    const killed = this.unlinkEntry(hash, generation);
    try {
      this.#emptySidecar(hash, generation);
    } catch {
      // Dead it is all the same, and whoever killed it must be able to say so.
    }
    return killed;`,
    replace: `    this.#emptySidecar(hash, generation);
    return this.unlinkEntry(hash, generation);`,
  },
  'table-is-keyed': {
    demands: 'rows are spread by secret numbers',
    file: 'index/index-table.ts',
    find: 'Math.imul(words[start + word] ?? 0, SECRETS[word] ?? 1)',
    replace: '(word === 0 ? (words[start] ?? 0) : 0)',
  },
  'gone-twice': {
    demands:
      'a reader that finds the entry file gone asks the sidecar again until the same generation has failed twice',
    file: 'access/reader.ts',
    find: 'const again = this.#locateBySidecar(located.key, located.hash);',
    replace: "const again = read === 'gone' ? undefined : this.#locateBySidecar(located.key, located.hash);",
  },
  'reaper-moves': {
    demands: 'a reaper moves a dead sidecar into the reap folder instead of removing it by its name',
    file: 'upkeep/reaper.ts',
    find: 'fs.renameSync(`',
    replace: '((path: string, _: string) => fs.unlinkSync(path))(`',
  },
  'reaper-own-folder': {
    demands: 'each reaper has a folder of its own in the reap folder',
    file: 'upkeep/reaper.ts',
    find: '{newGeneration()}',
    replace: "{'own'}",
  },
  'pending-asks': {
    demands: 'an unresolved `open` makes readers ask the sidecar',
    file: 'index/catalog.ts',
    find: 'this.#contents.isPending(hash, own)) return ASK_SIDECAR;',
    replace: 'own === hash) return ASK_SIDECAR;',
  },
  'memory-looks': {
    demands: 'a value in memory is returned only after a look at the index',
    file: 'access/reader.ts',
    find: `    try {
      catalog.poll();
    } catch {
      counters.errors++;
      return undefined;
    }
    const { table } = catalog;`,
    replace: 'const { table } = catalog;',
  },
  'memory-doubts': {
    demands: 'a value in memory is not returned while its key is in doubt',
    file: 'access/reader.ts',
    find: '!catalog.isDoubtful(item.hash)',
    replace: 'counters.hits >= 0',
  },
  'out-of-order-asks': {
    demands: 'a record whose replaced generation is not the listed one makes readers ask the sidecar',
    file: 'index/index-contents.ts',
    find: 'if (!inOrder) this.#doubt(line);',
    replace: 'if (!inOrder && line.size < 0) this.#doubt(line);',
  },
  'kill-of-unlisted-asks': {
    demands: 'the kill of a generation that is not the listed one makes readers ask the sidecar',
    file: 'index/index-contents.ts',
    find: `    if (this.table.isGenerationWords(row, line.generation)) this.table.removeRow(row);
    else this.#doubt(line);`,
    replace: 'if (this.table.isGenerationWords(row, line.generation)) this.table.removeRow(row);',
  },
  'kill-of-unknown-asks': {
    demands: 'the kill of a generation whose set has not said so yet makes readers ask the sidecar',
    file: 'index/index-contents.ts',
    find: 'if (this.pending.size > 0 && this.pending.has(formatWords(line.hash))) this.#doubt(line);',
    replace: '',
  },
  'reopen-when-replaced': {
    demands: 'a process whose index was replaced drops all it knows and opens the new one',
    file: 'index/catalog.ts',
    find: 'if (state.replaced || state.size < this.#readTo) {',
    replace: 'if (state.size < this.#readTo) {',
  },
  'append-again': {
    demands: 'an appender whose index was replaced appends to the new one, too',
    file: 'index/catalog.ts',
    find: 'if (!state.replaced) {',
    replace: 'if (bytes > 0) {',
  },
  'append-again-doubts': {
    demands: 'what is appended to a second index says that the sidecar decides',
    file: 'index/catalog.ts',
    find: "lines = lines.concat([...hashes].map((hash) => formatRecord({ kind: 'ask', hash, generation: '' })));",
    replace: 'if (hashes.size === 0) lines = [];',
  },
  'absent-is-verified': {
    demands: 'a key is looked for before "not listed" is believed',
    file: 'index/reconciler.ts',
    find: 'if (this.#verified[shard] === 1) return NO_ROW;',
    replace: 'if (shard >= 0) return NO_ROW;',
  },
  'reboot-asks': {
    demands: 'after a start of the system the sidecars are asked, not the index that it left',
    file: 'index/catalog.ts',
    find: "this.append([{ kind: 'boot' }]);",
    replace: '',
  },
  'compaction-own-file': {
    demands: 'a compactor removes the temporary indexes of all others before it looks at the index',
    file: 'upkeep/compaction.ts',
    find: `    removeTemporaryIndexes(store.paths.folder, path);
    catalog.load();`,
    replace: '    catalog.load();',
  },
  'compaction-whole-lines': {
    demands: 'a compaction takes its snapshot at the end of the last whole line',
    file: 'upkeep/compaction.ts',
    find: 'const end = catalog.position;',
    replace: 'const end = catalog.file.look().size;',
  },
  'compaction-carries-over': {
    demands: 'a compaction carries over what was appended to the old index meanwhile',
    file: 'upkeep/compaction.ts',
    find: 'scanLines(catalog.file, from, catalog.file.look().size, (line) => {',
    replace: 'scanLines(catalog.file, from, from, (line) => {',
  },
  'carry-over-names-generations': {
    demands: 'what a compaction carries over of a set names the generation that was set',
    file: 'upkeep/compaction.ts',
    find: "generation: record.kind === 'set' ? record.listing.generation : ''",
    replace: "generation: ''",
  },
  'compaction-keeps-doubts': {
    demands: 'a compaction writes down what is under way and what is in doubt',
    file: 'upkeep/compaction.ts',
    find: 'for (const record of doubts(context)) lines.push(formatRecord(record));',
    replace: '',
  },
  'compaction-passes-on': {
    demands: 'a compactor whose index was replaced before it was complete passes on what it carried over',
    file: 'upkeep/compaction.ts',
    find: 'if (fs.fstatSync(descriptor).nlink > 0 || late.length === 0) return;',
    replace: 'if (descriptor >= 0) return;',
  },
  'discard-spoils': {
    demands: 'an index is spoiled before it is discarded, and what a compaction makes of a spoiled one is not complete',
    file: 'upkeep/compaction.ts',
    find: 'catalog.file.isSpoiled() ? []',
    replace: 'catalog.file.isSpoiled() && from < 0 ? []',
  },
  'complete-with-done': {
    demands: 'an index without `done` is no complete list',
    file: 'index/catalog.ts',
    find: 'if (parseHeader(line.toText(), this.#tag) !== undefined) this.#headerSeen = true;',
    replace: 'if (parseHeader(line.toText(), this.#tag) !== undefined) this.#headerSeen = this.#complete = true;',
  },
  'rebuild-is-let-finish': {
    demands: 'a rebuild that outlived its lock is let finish',
    file: 'upkeep/compaction.ts',
    find: 'if (isAnotherAtWork(store.paths.folder)) return;',
    replace: '',
  },
  'checksum-matches': {
    demands: 'only bytes that match their checksum are returned',
    file: 'access/reader.ts',
    find: `        if (crc32(read) === located.checksum) return this.#accept(located, read);`,
    replace: '        return this.#accept(located, read);',
  },
  'expiry-after-read': {
    demands: 'an expired value is not returned',
    file: 'access/reader.ts',
    find: `    if (hasExpired(expires, clock())) {
      counters.expirations++;`,
    replace: `    if (hasExpired(expires, clock()) && counters.hits < 0) {
      counters.expirations++;`,
  },
  'key-matches': {
    demands: 'a sidecar decides for the key that it names, whatever file it lies in',
    file: 'entry/store.ts',
    find: 'sidecar !== undefined && hashKey(sidecar.key) === hash ?',
    replace: 'sidecar !== undefined && hashKey(sidecar.key) !== "" ?',
  },
  'links-not-followed': {
    demands: 'a symbolic link, a pipe or a device in the place of a file is not opened',
    file: 'files/files.ts',
    find: 'const SAFE = O_NOFOLLOW | O_NONBLOCK;',
    replace: 'const SAFE = 0;',
  },
  'private-files': {
    demands: 'files are created private to the user',
    file: 'files/files.ts',
    find: 'const FILE_MODE = 0o600;',
    replace: 'const FILE_MODE = 0o666;',
  },
  'limit-is-kept': {
    demands: 'a set evicts what is over the limit',
    file: 'upkeep/maintenance.ts',
    find: 'if (catalog.trusted) this.#evictor.enforce(spared);',
    replace: "if (catalog.trusted && spared === '') this.#evictor.enforce(spared);",
  },
  'sets-do-not-wait': {
    demands: 'a set leaves the rebuild of the index to whoever holds the lock',
    file: 'upkeep/maintenance.ts',
    find: 'const release = this.#lock.tryAcquire();',
    replace: 'const release = this.#lock.acquireSync(this.#context.timeout, REBUILD);',
  },
  'lock-loss-is-survived': {
    demands: 'a lock that was lost does not end the process',
    file: 'lock/lock.ts',
    find: '      onCompromised: () => {},\n',
    replace: '',
  },
  'release-own-lock': {
    demands: 'a holder that lost its lock does not remove its successor’s',
    file: 'lock/lock.ts',
    find: 'const isOurs = found !== undefined && found.inode === held?.inode && found.birth === held.birth;',
    replace: 'const isOurs = found !== undefined && held !== undefined;',
  },
  'set-closes-entry': {
    demands: 'a set closes its entry file',
    file: 'access/writer.ts',
    find: `    } finally {
      closeQuietly(entry);
      if (placed`,
    replace: `    } finally {
      if (placed`,
  },
  'forgotten-is-released': {
    demands: 'an instance that was forgotten gives back its descriptor',
    file: 'disk-cache-manager.ts',
    find: 'abandoned.register(this, this.#held, this.#held);',
    replace: '',
  },
  'memory-is-bounded': {
    demands: 'the memory tier drops the least recently used values when it is full',
    file: 'access/memory-tier.ts',
    find: 'if (this.#bytes + needed <= this.#maxBytes) break;',
    replace: 'if (oldest.length >= 0) break;',
  },
  'index-is-compacted': {
    demands: 'an index that is mostly history is replaced by a compact one',
    file: 'upkeep/compaction.ts',
    find: 'catalog.records > HISTORY * catalog.table.count + SPARE_RECORDS ||',
    replace: 'catalog.records > HISTORY * catalog.table.count + SPARE_RECORDS ** 3 ||',
  },
  'orphans-are-swept': {
    demands: 'a sweep removes the files of writers long dead',
    file: 'upkeep/sweep.ts',
    find: 'if (isDead()) orphans.push({ name: file.name, isDead });',
    replace: 'if (isDead() && !file.name) orphans.push({ name: file.name, isDead });',
  },
  'listed-allocation-is-real': {
    demands: 'the index lists the disk space that entry file and sidecar take',
    file: 'access/writer.ts',
    find: 'const allocated = allocatedBytes(value) + allocatedBytes(side);',
    replace: 'const allocated = sidecar.size;',
  },
  'folders-not-followed': {
    demands: 'a symbolic link in the place of a folder is no folder',
    file: 'files/files.ts',
    find: 'return statOf(path)?.isDirectory() ?? false;',
    replace: 'return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;',
  },
  'sizes-are-bounded': {
    demands: 'no sidecar is believed that claims more bytes than any value has',
    file: 'entry/sidecar.ts',
    find: 'return isCount(number) && number <= MAX_VALUE_BYTES;',
    replace: 'return isCount(number);',
  },
  'doubts-are-bounded': {
    demands: 'an index that leaves too many keys in doubt is given up',
    file: 'index/catalog.ts',
    find: 'if (this.#contents.doubts > MAX_DOUBTS) this.#giveUp();',
    replace: '',
  },
} as const satisfies Record<string, Rule>;

/** The name of a rule. */
export type RuleName = keyof typeof RULES;
