/** A jail as it would be with a changed file: read from a private copy of the configuration; the folder itself is left alone. */
import type { FileChange } from '../config/change.ts';
import { stage, stageLimits } from '../config/stage.ts';
import type { EngineRefusal } from './ask-engine.ts';
import type { FilterReader, WrittenJail } from './read-filters.ts';

type DraftRead =
  | { kind: 'answered'; written: WrittenJail; enabled: boolean }
  /** The draft itself cannot be read as it stands, or has no such jail. */
  | { kind: 'wrong'; sentence: string }
  | EngineRefusal;

export type ReadDraft = (draft: Omit<FileChange, 'before'>, jail: string) => Promise<DraftRead>;

const withinMs = 30_000;

export function createDraftReader(deps: { configDir: string; reader: FilterReader }): ReadDraft {
  const { configDir, reader } = deps;
  return async ({ file, content }, jail) => {
    const signal = AbortSignal.timeout(withinMs);
    const staged = await stage({ configDir, limits: stageLimits, signal }, [{ file, content, before: null }]);
    if ('failure' in staged) return { kind: 'refused', sentence: staged.failure };
    try {
      const [refused] = staged.findings;
      if (refused !== undefined) return wrong(refused.message);
      const draft = { folder: staged.after, homes: staged.configDirs, changed: file.path };
      const told = await reader.read({ jails: [jail], list: true, draft });
      if (told.kind !== 'answered') return told;
      const { findings, jails, list } = told.answer;
      const own = findings.find((one) => one.file === file.path);
      if (own !== undefined) return wrong(`${file.path}, line ${own.line ?? '?'}: ${own.message}`);
      const [read] = jails;
      if (read === undefined || read.value === null)
        return wrong(read?.problem ?? `There is no jail ${jail}.`);
      const enabled = list?.value?.some((one) => one.name === jail && one.enabled) ?? false;
      return { kind: 'answered', written: read.value, enabled };
    } finally {
      await staged.remove();
    }
  };
}

const wrong = (sentence: string): DraftRead => ({ kind: 'wrong', sentence });
