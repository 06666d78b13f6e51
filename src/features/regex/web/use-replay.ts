/** One replay of the page: started, followed, cancelled. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCaller } from '../../../ui/app-context.tsx';
import { problemOf, type Problem } from '../../../ui/problem.ts';
import { cancelReplay, replayQuery, startReplay, type ReplayBody, type ReplayRun } from './lab-query.ts';

export interface Replaying {
  run: ReplayRun | undefined;
  problem: Problem | null;
  busy: boolean;
  start: (body: ReplayBody) => void;
  cancel: () => void;
}

export function useReplay(): Replaying {
  const caller = useCaller();
  const [id, setId] = useState<string | null>(null);
  const [starting, setStarting] = useState(false);
  const [refused, setRefused] = useState<Problem | null>(null);
  const query = useQuery({ ...replayQuery(caller, id ?? ''), enabled: id !== null });
  const run = id === null ? undefined : query.data;
  return {
    run,
    problem: refused ?? (query.error === null ? null : problemOf(query.error)),
    busy: starting || (id !== null && query.error === null && (run === undefined || isOpen(run))),
    start(body) {
      setStarting(true);
      setRefused(null);
      setId(null);
      void startReplay(caller, body).then((result) => {
        setStarting(false);
        if (result.ok) setId(result.value.run_id);
        else setRefused(result.problem);
      });
    },
    cancel() {
      if (id !== null) void cancelReplay(caller, id).then(() => query.refetch());
    },
  };
}

const isOpen = (run: ReplayRun): boolean => run.state === 'queued' || run.state === 'running';
