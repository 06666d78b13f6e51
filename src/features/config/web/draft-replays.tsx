/** Where a draft is open: the place for its replay, which another feature offers. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useCaller } from '../../../ui/app-context.tsx';
import { configJailsQuery, filesQuery } from './config-query.ts';
import { replayedJails } from './replayed-jails.ts';
import type { OpenFile } from './use-open-file.ts';

interface ReplayedDraft {
  kind: 'jail' | 'filter';
  name: string;
  content: string;
}

/** What replays a draft in one of the jails. */
export type OfferReplay = (draft: ReplayedDraft, jails: readonly string[]) => ReactNode;

interface DraftReplaysProps {
  file: OpenFile | null;
  /** The jail whose form is open. */
  jail: string | null;
  offer: OfferReplay;
}

export function DraftReplays({ file, jail, offer }: DraftReplaysProps) {
  const caller = useCaller();
  const drafted = file !== null && file.draft !== null;
  const kind = file?.id.kind ?? 'jail';
  const jails = useQuery({ ...configJailsQuery(caller), enabled: drafted }).data?.items;
  const heads = useQuery({ ...filesQuery(caller, kind), enabled: drafted && kind === 'filter' }).data?.items;
  if (!drafted || jails === undefined || (kind !== 'jail' && kind !== 'filter')) return null;
  if (kind === 'filter' && heads === undefined) return null;
  const active = jails.filter((one) => one.active).map(({ name }) => name);
  const replayed = replayedJails(file, { active, heads: heads ?? [], open: jail });
  if (replayed === null) return null;
  return offer({ kind, name: file.id.name, content: file.text }, replayed);
}
