import type { Contestant } from '../harness/contestant.ts';
import { openSqlite, type Statement } from './sqlite.ts';

export const nodeSqlite: Contestant = {
  name: 'node:sqlite',
  kind: 'native',
  about: 'the SQLite of newer runtimes; schema and settings as with better-sqlite3',
  lacks: [],
  load: async () => {
    const { DatabaseSync } = await import('node:sqlite');
    return openSqlite((path) => {
      const database = new DatabaseSync(path);
      return {
        exec: (sql) => database.exec(sql),
        prepare: (sql) => {
          const statement = database.prepare(sql);
          return {
            run: (...values) => statement.run(...values),
            get: (...values) => rowOf(statement.get(...values)),
          } satisfies Statement;
        },
        close: () => database.close(),
      };
    });
  },
};

/** Its rows are objects, and its blobs no buffers. */
function rowOf(row: unknown): readonly unknown[] | undefined {
  if (typeof row !== 'object' || row === null) return undefined;
  return Object.values(row);
}
