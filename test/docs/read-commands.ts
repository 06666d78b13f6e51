/** The commands of the documents for operators: every line of every block that is marked `sh` or `sql`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Command {
  document: string;
  line: number;
  language: 'sh' | 'sql';
  text: string;
}

/** In the order of reading; they are run in it. */
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'Docs/Deployment.md',
  'Docs/DATABASE_MIGRATIONS.md',
  'Docs/TROUBLESHOOTING.md',
];

export function readCommands(root: string): Command[] {
  return documents.flatMap((document) => commandsIn(document, readFileSync(join(root, document), 'utf8')));
}

export function commandsIn(document: string, text: string): Command[] {
  const commands: Command[] = [];
  let language: string | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^\s*```(\w*)/.exec(line);
    if (fence !== null) language = language === null ? (fence[1] ?? '') : null;
    else if (language === 'sh' || language === 'sql') {
      // What follows two spaces and a hash explains the command.
      const command = line.replace(/(^|\s{2,})#.*$/, '').trim();
      if (command !== '') commands.push({ document, line: index + 1, language, text: command });
    }
  }
  return commands;
}
