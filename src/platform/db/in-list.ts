/** Many numbers as one value of a statement: its text stays the same however many they are. */
import { sql, type RawBuilder } from 'kysely';

export const isOneOf = (
  dialect: 'sqlite' | 'postgres',
  column: string,
  numbers: readonly number[],
): RawBuilder<boolean> =>
  dialect === 'sqlite'
    ? sql<boolean>`${sql.ref(column)} IN (SELECT value FROM json_each(${JSON.stringify(numbers)}))`
    : sql<boolean>`${sql.ref(column)} = ANY(${numbers}::bigint[])`;
