/** What the configuration's pages read. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { Caller } from '../../../ui/call.ts';
import { ProblemError } from '../../../ui/problem.ts';
import type * as contract from '../contract.ts';
import type * as effectiveContract from '../effective-contract.ts';
import type * as jailsContract from '../jails-contract.ts';
import type * as revisionsContract from '../revisions-contract.ts';
import type { FileId, FileKind } from './config-view.ts';

export type ConfigJail = z.output<typeof jailsContract.listConfigJails.output>['items'][number];
export type FileHead = z.output<typeof contract.listFiles.output>['items'][number];
export type ConfigFile = z.output<typeof contract.readFile.output>;
export type Finding = z.output<typeof contract.finding>;
export type Step = z.output<typeof contract.step>;
export type ChangeEnd = z.output<typeof contract.changeEnd>;
export type Check = z.output<typeof contract.checkFile.output>;
export type RevisionHead = z.output<typeof revisionsContract.listRevisions.output>['items'][number];
export type JailOption = z.output<typeof jailsContract.listJailOptions.output>['items'][number];
export type EffectiveJail = z.output<typeof effectiveContract.effective.output>['items'][number];

/** The first part of every key: a change makes all of it old. */
export const configKey = 'config';

export const configJailsQuery = (caller: Caller) =>
  queryOptions({
    queryKey: [configKey, 'jails'],
    queryFn: ({ signal }) =>
      caller.ask<typeof jailsContract.listConfigJails>('GET /api/v1/config/jails', { signal }),
  });

export const filesQuery = (caller: Caller, kind: FileKind) =>
  queryOptions({
    queryKey: [configKey, 'files', kind],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.listFiles>('GET /api/v1/config/files', { query: { kind }, signal }),
  });

/** Null when there is no such file yet. */
export const fileQuery = (caller: Caller, { kind, name }: FileId) =>
  queryOptions({
    queryKey: [configKey, 'file', kind, name],
    queryFn: ({ signal }) => readFile(caller, { kind, name }, signal),
  });

async function readFile(caller: Caller, params: FileId, signal?: AbortSignal): Promise<ConfigFile | null> {
  const result = await caller.call<typeof contract.readFile>('GET /api/v1/config/files/{kind}/{name}', {
    params,
    ...(signal === undefined ? {} : { signal }),
  });
  if (result.ok) return result.value;
  if (result.problem.status === 404) return null;
  throw new ProblemError(result.problem);
}

export const effectiveQuery = (caller: Caller, jail?: string) =>
  queryOptions({
    queryKey: [configKey, 'effective', jail ?? ''],
    queryFn: ({ signal }) =>
      caller.ask<typeof effectiveContract.effective>('GET /api/v1/config/effective', {
        query: jail === undefined ? {} : { jail },
        signal,
      }),
  });

const revisionsShown = 50;

/** The newest of all files, or of one. */
export const revisionsQuery = (caller: Caller, path?: string) =>
  queryOptions({
    queryKey: [configKey, 'revisions', path ?? ''],
    queryFn: ({ signal }) =>
      caller.ask<typeof revisionsContract.listRevisions>('GET /api/v1/config/revisions', {
        query: { page_size: revisionsShown, ...(path === undefined ? {} : { path }) },
        signal,
      }),
  });

export const revisionQuery = (caller: Caller, id: number) =>
  queryOptions({
    queryKey: [configKey, 'revision', id],
    queryFn: ({ signal }) =>
      caller.ask<typeof revisionsContract.readRevision>('GET /api/v1/config/revisions/{id}', {
        params: { id },
        signal,
      }),
  });

/** They are what fail2ban knows: no change makes them old. */
export const jailOptionsQuery = (caller: Caller) =>
  queryOptions({
    queryKey: ['config-jail-options'],
    queryFn: ({ signal }) =>
      caller.ask<typeof jailsContract.listJailOptions>('GET /api/v1/config/jail-options', { signal }),
  });

export const logPathQuery = (caller: Caller, path: string) =>
  queryOptions({
    queryKey: ['config-log-path', path],
    // a log may appear and go at any time
    staleTime: 5000,
    queryFn: ({ signal }) =>
      caller.ask<typeof jailsContract.logPath>('GET /api/v1/config/log-paths', { query: { path }, signal }),
  });

export const templatesQuery = (caller: Caller) =>
  queryOptions({
    queryKey: [configKey, 'templates'],
    queryFn: ({ signal }) =>
      caller.ask<typeof jailsContract.listTemplates>('GET /api/v1/config/templates', { signal }),
  });

export const definitionQuery = (caller: Caller, kind: 'filter' | 'action', name: string) =>
  queryOptions({
    queryKey: [configKey, 'definition', kind, name],
    queryFn: ({ signal }) =>
      caller.ask<typeof effectiveContract.readDefinition>('GET /api/v1/config/definitions/{kind}/{name}', {
        params: { kind, name },
        signal,
      }),
  });
