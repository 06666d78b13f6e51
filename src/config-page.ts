/** The table of settings as documentation: `Docs/CONFIGURATION.md` and `.env.example`, both written from here only. */
import { settings } from './config.ts';
import type { Setting } from './setting.ts';

const all: readonly Setting<unknown>[] = Object.values(settings);

/** Text of `Docs/CONFIGURATION.md`. */
export function configurationPage(): string {
  const rows = all.map(
    ({ name, type, shownDefault, sentence, secret }) =>
      `| \`${name}\`${secret ? `, \`${name}_FILE\`` : ''} | ${type} | ${shownDefault === '' ? '–' : shown(shownDefault)} | ${sentence} |`,
  );
  return `# Configuration

Every setting is an environment variable; none is needed. They are checked at start: all mistakes are reported at once,
each with its name and reason, and BanGUI exits with 1. A \`BANGUI_\` name that is not in this table has no effect and is
warned about. A variable ending in \`_FILE\` names a file that holds the value.

This page and \`.env.example\` are written by \`node src/cli.ts docs\` from the table in \`src/config.ts\`.

| Name | Value | Default | Meaning |
|---|---|---|---|
${rows.join('\n')}
`;
}

/** Text of `.env.example`. */
export function exampleEnvironment(): string {
  const entries = all.map(({ name, type, shownDefault, sentence }) => {
    const value = shownDefault.includes(' ') ? '' : shownDefault;
    const note = value === shownDefault || shownDefault === '' ? '' : ` Default: ${shownDefault}.`;
    return `# ${sentence}${note}\n# Value: ${type}\n#${name}=${value}\n`;
  });
  return `# Settings of BanGUI, each at its default. Written by \`node src/cli.ts docs\`; see Docs/CONFIGURATION.md.\n\n${entries.join('\n')}`;
}

/** Plain values are shown as code, sentences are not. */
function shown(text: string): string {
  return text.includes(' ') ? text : `\`${text}\``;
}
