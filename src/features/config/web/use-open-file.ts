/** The file that is open: what stands on the disk, the draft of it, and whether the two still belong together. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useCaller } from '../../../ui/app-context.tsx';
import { problemOf, type Problem } from '../../../ui/problem.ts';
import { fileQuery, filesQuery, type ConfigFile } from './config-query.ts';
import { fileIdOf, type FileId } from './config-view.ts';
import type { Draft } from './drafts.ts';
import { useDraft, useDrafts } from './use-drafts.ts';

export interface OpenFile {
  id: FileId;
  key: string;
  /** Below the configuration's folder. */
  path: string;
  /** Null: there is no such file yet. */
  disk: ConfigFile | null;
  draft: Draft | null;
  /** Of the draft, or of the disk. */
  text: string;
  /** The file was changed or deleted since the draft began. */
  stale: boolean;
  /** Why it cannot be changed; null when it can. */
  locked: 'shipped' | 'encoding' | 'read_only' | null;
  /** The sentence with `read_only`. */
  readOnly: string | null;
  edit: (text: string) => void;
  /** Answers the way to have it again. */
  discard: () => () => void;
  /** The draft goes on from what stands on the disk now. */
  rebase: (text: string) => void;
}

export type Opening =
  { state: 'none' | 'reading' } | { state: 'failed'; problem: Problem; retry: () => void };

export function useOpenFile(id: FileId | null): OpenFile | Opening {
  const caller = useCaller();
  const drafts = useDrafts();
  const key = id === null ? null : fileIdOf(id);
  const query = useQuery({ ...fileQuery(caller, id ?? nothing), enabled: id !== null });
  const heads = useQuery({ ...filesQuery(caller, (id ?? nothing).kind), enabled: id !== null }).data;
  const draft = useDraft(key);
  const { data: disk, error, refetch } = query;
  const readOnly = heads?.read_only ?? null;
  return useMemo(() => {
    if (id === null || key === null) return { state: 'none' };
    if (disk === undefined) {
      if (error === null) return { state: 'reading' };
      return { state: 'failed', problem: problemOf(error), retry: () => void refetch() };
    }
    const etag = disk?.etag ?? null;
    const content = disk?.content ?? '';
    const begin = (base: string | null, before: string, text: string): void => {
      if (text === content) drafts.drop(key);
      else drafts.set(key, { base, before, text, savedAt: Date.now() });
    };
    return {
      id,
      key,
      path: disk?.path ?? pathOf(id),
      disk,
      draft,
      text: draft?.text ?? content,
      stale: draft !== null && draft.base !== etag && draft.text !== content,
      locked: lockOf(id, disk, readOnly),
      readOnly,
      edit: (text) =>
        begin(draft === null ? etag : draft.base, draft === null ? content : draft.before, text),
      discard: () => {
        drafts.drop(key);
        return () => (draft === null ? undefined : drafts.set(key, draft));
      },
      rebase: (text) => begin(etag, content, text),
    };
  }, [id, key, disk, error, refetch, draft, drafts, readOnly]);
}

export const isOpen = (file: OpenFile | Opening): file is OpenFile => 'key' in file;

const nothing: FileId = { kind: 'jail', name: '' };

function lockOf(id: FileId, disk: ConfigFile | null, readOnly: string | null): OpenFile['locked'] {
  if (!id.name.endsWith('.local')) return 'shipped';
  if (readOnly !== null) return 'read_only';
  if (disk?.encoding === 'latin-1') return 'encoding';
  return null;
}

/** Where a file that is not there yet would stand. */
function pathOf({ kind, name }: FileId): string {
  if (name === 'jail.local' && kind === 'jail') return name;
  if (kind === 'server') return name === 'fail2ban.local' ? name : `fail2ban.d/${name}`;
  return `${kind}.d/${name}`;
}
