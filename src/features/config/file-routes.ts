/** The endpoints that change one file, and the one that only tries. */
import { AppError, invalidInput, notFound } from '../../base/errors.ts';
import type { ConfigFile, FileChange, FileKind } from '../../host/config/change.ts';
import { refusalOf } from '../../host/config/change-refusal.ts';
import type { ChangeRequest, Changes } from '../../host/config/changes.ts';
import { commandsIn } from '../../host/config/commands-in.ts';
import { bytesOf, fileNow, hashOf } from '../../host/config/file-now.ts';
import { parseConfigFile } from '../../host/config/parse-config-file.ts';
import type { Rehearser } from '../../host/config/rehearsal.ts';
import type { Call, Mount } from '../../platform/http/mount.ts';
import * as contract from './contract.ts';
import { etagOf, versionIn } from './etag.ts';

export interface ChangeRoutesDeps {
  mount: Mount;
  configDir: string;
  changes: Changes;
  rehearser: Rehearser;
  /** Whether the caller has typed the password again. */
  isConfirmed: (call: Call) => Promise<boolean>;
}

export function fileChangeRoutes(deps: ChangeRoutesDeps): void {
  const { mount, configDir } = deps;

  mount(contract.writeFile, async ({ params, body }, call) => {
    const file = writable(params.kind, params.name);
    const before = versionIn(call.request.headers);
    const files = [{ file, before, content: body.content }];
    return await change(deps, call, { files, action: 'write', reason: body.reason ?? null });
  });

  mount(contract.deleteFile, async ({ params, body }, call) => {
    const file = writable(params.kind, params.name);
    const before = versionIn(call.request.headers);
    if (before === null) throw invalidInput('What is deleted has a version: send If-Match.');
    if ((await fileNow(configDir, file)) === null) throw notFound(`There is no file ${file.path}.`);
    const files = [{ file, before, content: null }];
    return await change(deps, call, { files, action: 'delete', reason: body?.reason ?? null });
  });

  mount(contract.checkFile, async ({ params, body }, call) => {
    return await check(deps, call, { file: writable(params.kind, params.name), content: body.content });
  });
}

/** What a change would find; nothing is written. */
export async function check(
  { configDir, rehearser }: Pick<ChangeRoutesDeps, 'configDir' | 'rehearser'>,
  call: Call,
  { file, content }: Pick<FileChange, 'file' | 'content'>,
) {
  if (content?.isWellFormed() === false) throw invalidInput(`${file.path} would hold half a character.`);
  const now = await fileNow(configDir, file);
  const before = now === null ? null : hashOf(bytesOf(now));
  const gone = new AbortController();
  call.request.raw.once('close', () => gone.abort());
  const tried = await rehearser.rehearse([{ file, before, content }], gone.signal);
  if (tried.failure !== null) throw new AppError(503, 'not_rehearsed', tried.failure);
  const { ms, findings, starts, reloads, stops } = tried;
  const ok = findings.every(({ severity }) => severity !== 'error');
  const commands = commandsIn({ kind: file.kind, before: now?.text ?? null, after: content });
  return { ok, ms, findings, starts, reloads, stops, commands };
}

/** Throws 422 for what is no name of a file of this kind, and for shipped files. */
function writable(kind: FileKind, name: string): ConfigFile {
  const file = parseConfigFile(kind, name);
  if (file === null)
    throw invalidInput('This cannot be the name of a file of the configuration.', [
      { field: 'params.name', message: 'Letters, digits and _.@+- only, with .local at the end' },
    ]);
  if (!file.local)
    throw invalidInput(`${file.path} is shipped with fail2ban and is never written. Write its .local.`, [
      { field: 'params.name', message: 'Only names that end in .local' },
    ]);
  return file;
}

type Wanted = Pick<ChangeRequest, 'files' | 'action' | 'reason' | 'restores'>;

/** Applies it and answers as the contract says; throws what keeps it from being applied. */
export async function change(
  { changes, configDir, isConfirmed }: ChangeRoutesDeps,
  call: Call,
  wanted: Wanted,
) {
  const { actor, client } = call;
  const allowCommands = await isConfirmed(call);
  const request = { ...wanted, actor: actor?.name ?? '', client, allowCommands };
  const end = await changes.apply(request, () => {});
  const refusal = await refusalOf(configDir, end, wanted.files);
  if (refusal !== null) throw refusal;
  const etag = etagAfter(wanted.files);
  if (etag !== null) call.reply.header('etag', etag);
  return { ...end, etag };
}

function etagAfter([first]: readonly FileChange[]): string | null {
  const content = first?.content ?? null;
  return content === null ? null : etagOf(hashOf(content));
}
