import type { ClientBase, QueryConfig } from 'pg';
import type { Queryable, Statement } from './database.js';
import { connectionLost, toDatabaseError } from './database-error.js';
import { parsedValues, rawValues } from './value-types.js';

/** The two ways to ask on one driver connection, with errors made safe. One statement at a time: the caller sees to it. */
export function clientQueries(client: ClientBase): Queryable {
  return {
    async query<Row extends object>(sql: string | Statement, params?: readonly unknown[]): Promise<Row[]> {
      try {
        const result: unknown = await client.query<Row>({ ...config(sql, params), types: parsedValues });
        // Several statements in one text answer with a list; the last one's rows are meant.
        const last = Array.isArray(result) ? result.at(-1) : result;
        return (last as { rows: Row[] }).rows;
      } catch (error) {
        throw toDatabaseError(error, connectionLost, nameOf(sql));
      }
    },
    async rows(sql, params) {
      try {
        const result = await client.query<(string | null)[]>({ ...config(sql, params), types: rawValues, rowMode: 'array' });
        return result.rows;
      } catch (error) {
        throw toDatabaseError(error, connectionLost, nameOf(sql));
      }
    },
  };
}

function config(sql: string | Statement, params: readonly unknown[] | undefined): QueryConfig<unknown[]> {
  const values = params === undefined ? {} : { values: params as unknown[] };
  return typeof sql === 'string' ? { text: sql, ...values } : { name: sql.name, text: sql.text, ...values };
}

function nameOf(sql: string | Statement): string | undefined {
  return typeof sql === 'string' ? undefined : sql.name;
}
