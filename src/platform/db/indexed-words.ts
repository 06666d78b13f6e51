/** The words of log lines as PostgreSQL indexes them; a query finds the index only when it says the same. */
import { sql } from 'kysely';

/** Taken out first: the parser would see hosts, files and numbers with a sign in them. */
const signs = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** Runs of letters, digits and all that is not ASCII. The lines are JSON: what a backslash begins there is no word. */
export const indexedWords = sql.raw(
  String.raw`to_tsvector('simple', translate(regexp_replace(lines, '\\(u[0-9a-f]{4}|.)', ' ', 'g'), ` +
    `'${signs.replaceAll("'", "''")}', '${' '.repeat(signs.length)}'))`,
);
