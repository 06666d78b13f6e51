/** A filter or an action as fail2ban merges its files, each option with the lines that set it. */
import { relative } from 'node:path';
import type { ToldDefinition } from './ask-readers.ts';
import type { Finding } from './change.ts';
import type { ReadDeps } from './effective.ts';
import type { PlacedLine } from './parse-ini.ts';
import { placed, readLayersOf, type Layers, type PlacedValue } from './place-values.ts';

export interface DefinedOption extends PlacedValue {
  /** `Definition`; `Init` for parameters with their defaults. */
  section: string;
  /** Of the deciding place. */
  lines: readonly PlacedLine[];
}

export interface Definition {
  /** Below the configuration's folder, in the order in which they are merged. */
  files: readonly string[];
  options: readonly DefinedOption[];
  findings: readonly Finding[];
}

/** failure: fail2ban's readers could not be asked. missing: there are no such files. */
export type DefinitionOutcome =
  { kind: 'read'; definition: Definition } | { kind: 'missing' } | { kind: 'failure'; sentence: string };

/** `path` is `filter.d/sshd` or `action.d/nftables`. */
export async function readDefinition(
  { configDir, readers }: ReadDeps,
  path: string,
): Promise<DefinitionOutcome> {
  const outcome = await readers.ask({ configDir, jails: null, paths: [path] });
  if (outcome.kind === 'failed') return { kind: 'failure', sentence: outcome.sentence };
  const { root, read, findings } = outcome.answer;
  const told = read[path];
  if (told === undefined || (!told.found && findings.length === 0)) return { kind: 'missing' };
  const layers = await readLayersOf(root, told.files);
  const definition: Definition = {
    files: told.files.map((file) => relative(root, file)),
    options: optionsOf(told, layers),
    findings: findings.map(({ severity, code, message, file, line, option }) => ({
      severity,
      code,
      message,
      line,
      option,
      jail: null,
      suggestion: null,
      file: file === null ? null : relative(root, file),
    })),
  };
  return { kind: 'read', definition };
}

function optionsOf({ sections }: ToldDefinition, layers: Layers): DefinedOption[] {
  return Object.entries(sections).flatMap(([section, values]) =>
    Object.entries(values).flatMap(([option, value]): DefinedOption[] => {
      const chain = layers.chain([section], option);
      const [decisive] = chain;
      // What fail2ban adds by itself, its version for example, stands in no file.
      return decisive === undefined
        ? []
        : [{ ...placed(option, value, chain), section, lines: decisive.lines }];
    }),
  );
}
