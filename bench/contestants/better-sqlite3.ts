import type { Contestant } from '../harness/contestant.ts';
import { openSqlite, type Statement } from './sqlite.ts';

export const betterSqlite3: Contestant = {
  name: 'better-sqlite3',
  kind: 'native',
  about: 'WAL, synchronous NORMAL; a schema with LRU, TTL and a size limit; a batch is one transaction',
  lacks: [],
  packageName: 'better-sqlite3',
  load: async () => {
    const { default: Database } = await import('better-sqlite3');
    // The binary is loaded when the first database is opened: better now than in the middle of a scenario.
    new Database(':memory:').close();
    return openSqlite((path) => {
      const database = new Database(path);
      return {
        exec: (sql) => database.exec(sql),
        prepare: (sql) => {
          const statement = database.prepare(sql);
          if (/^\s*(SELECT|PRAGMA)/.test(sql)) statement.raw();
          return {
            run: (...values) => statement.run(...values),
            get: (...values) => arrayOf(statement.get(...values)),
          } satisfies Statement;
        },
        close: () => database.close(),
      };
    });
  },
};

function arrayOf(row: unknown): readonly unknown[] | undefined {
  return Array.isArray(row) ? row : undefined;
}
