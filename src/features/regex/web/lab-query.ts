/** What the laboratory asks the server. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { EndpointCall, EndpointOutput } from '../../../base/endpoint.ts';
import type { Caller } from '../../../ui/call.ts';
import type * as contract from '../contract.ts';
import type * as replay from '../replay-contract.ts';
import type * as trials from '../trials-contract.ts';

export type LabJail = EndpointOutput<typeof contract.readLabJail>;
export type FilterText = LabJail['text'];
export type LabSource = LabJail['sources'][number];
export type TestBody = NonNullable<EndpointCall<typeof contract.testRegex>['body']>;
export type TestAnswer = EndpointOutput<typeof contract.testRegex>;
export type TestLine = TestAnswer['lines'][number];
export type SavedTrial = EndpointOutput<typeof trials.readTrial>;
export type ReplayBody = NonNullable<EndpointCall<typeof replay.startReplay>['body']>;
export type ReplayRun = EndpointOutput<typeof replay.readReplay>;
export type ReplayResult = NonNullable<ReplayRun['result']>;
export type AddressRow = ReplayResult['added']['items'][number];

export const labQuery = (caller: Caller) =>
  queryOptions({
    queryKey: ['lab'],
    queryFn: ({ signal }) => caller.ask<typeof contract.readLab>('GET /api/v1/config/lab', { signal }),
  });

export const labJailQuery = (caller: Caller, name: string) =>
  queryOptions({
    queryKey: ['lab', 'jail', name],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.readLabJail>('GET /api/v1/config/lab/jails/{name}', {
        params: { name },
        signal,
      }),
    staleTime: 30_000,
    retry: false,
  });

export const labFilterQuery = (caller: Caller, name: string) =>
  queryOptions({
    queryKey: ['lab', 'filter', name],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.readLabFilter>('GET /api/v1/config/lab/filters/{name}', {
        params: { name },
        signal,
      }),
    staleTime: 30_000,
    retry: false,
  });

export const samplesQuery = (caller: Caller, name: string) =>
  queryOptions({
    queryKey: ['lab', 'samples', name],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.readSamples>('GET /api/v1/config/filters/{name}/samples', {
        params: { name },
        signal,
      }),
    staleTime: 'static',
    retry: false,
  });

export const trialsQuery = (caller: Caller) =>
  queryOptions({
    queryKey: ['lab', 'trials'],
    queryFn: ({ signal }) => caller.ask<typeof trials.listTrials>('GET /api/v1/config/trials', { signal }),
  });

export const trialQuery = (caller: Caller, id: number) =>
  queryOptions({
    queryKey: ['lab', 'trial', id],
    queryFn: ({ signal }) =>
      caller.ask<typeof trials.readTrial>('GET /api/v1/config/trials/{id}', { params: { id }, signal }),
    retry: false,
  });

/** Old lines stay while new ones are tried. */
export const testQuery = (caller: Caller, body: TestBody) =>
  queryOptions({
    queryKey: ['lab', 'test', body],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.testRegex>('POST /api/v1/config/regex-test', { body, signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
  });

const pollMs = 700;

export const replayQuery = (caller: Caller, id: string) =>
  queryOptions({
    queryKey: ['lab', 'replay', id],
    queryFn: ({ signal }) =>
      caller.ask<typeof replay.readReplay>('GET /api/v1/config/replay/{id}', { params: { id }, signal }),
    refetchInterval: ({ state }) =>
      state.data === undefined || state.data.state === 'queued' || state.data.state === 'running'
        ? pollMs
        : false,
    retry: false,
  });

export const startReplay = (caller: Caller, body: ReplayBody) =>
  caller.call<typeof replay.startReplay>('POST /api/v1/config/replay', { body });

export const cancelReplay = (caller: Caller, id: string) =>
  caller.call<typeof replay.cancelReplay>('DELETE /api/v1/config/replay/{id}', { params: { id } });

type TrialBody = NonNullable<EndpointCall<typeof trials.saveTrial>['body']>;

export const saveTrial = (caller: Caller, body: TrialBody) =>
  caller.call<typeof trials.saveTrial>('POST /api/v1/config/trials', { body });

export const proposeQuery = (
  caller: Caller,
  body: NonNullable<EndpointCall<typeof contract.proposeRegex>['body']>,
) =>
  queryOptions({
    queryKey: ['lab', 'proposal', body],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.proposeRegex>('POST /api/v1/config/regex-propose', { body, signal }),
    staleTime: 'static',
    gcTime: 60_000,
    retry: false,
  });
