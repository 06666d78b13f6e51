/** A change that was not applied, as the error that the caller of the HTTP interface sees. */
import { AppError } from '../../base/errors.ts';
import type { AppliedEnd } from './apply-change.ts';
import type { ChangeEnd, FileChange } from './change.ts';
import { bytesOf, fileNow, hashOf } from './file-now.ts';

/**
 * Null when it was applied, or there was nothing to do. 412 `config_stale` with the first file as it is now, 422
 * `config_refused`, 502 `config_put_back` and `config_broken`; each with steps and findings.
 */
export async function refusalOf(
  configDir: string,
  end: AppliedEnd,
  files: readonly FileChange[],
): Promise<AppError | null> {
  const { result, steps, findings, revision, jails } = end;
  if (result === 'applied' || result === 'unchanged') return null;
  const [status, code, sentence] = words[result];
  const said = steps.findLast(({ outcome }) => outcome === 'failed')?.detail ?? '';
  const failed = steps.find(({ outcome }) => outcome === 'failed')?.detail ?? said;
  const current = result === 'stale' ? { current: await currentOf(configDir, files) } : {};
  const detail = failed === '' ? sentence : `${sentence} ${failed}`;
  return new AppError(status, code, detail, {
    extra: { result, revision, steps, findings, jails, ...current },
  });
}

const words: Readonly<
  Record<Exclude<ChangeEnd['result'], 'applied' | 'unchanged'>, [number, string, string]>
> = {
  stale: [412, 'config_stale', 'Nothing was changed.'],
  refused: [422, 'config_refused', 'Nothing was changed: trying it found what is wrong.'],
  put_back: [502, 'config_put_back', 'The change was taken back.'],
  broken: [502, 'config_broken', 'The change failed, and taking it back did as well. Look at fail2ban now.'],
};

/** The first of the files that is not what the change began with. */
async function currentOf(configDir: string, files: readonly FileChange[]) {
  for (const { file, before } of files) {
    const kept = await fileNow(configDir, file);
    const hash = kept === null ? null : hashOf(bytesOf(kept));
    if (hash === before) continue;
    if (kept === null) return null;
    const encoding = kept.latin1 ? ('latin-1' as const) : ('utf-8' as const);
    return { path: file.path, etag: `"${hash ?? ''}"`, content: kept.text, encoding };
  }
  return null;
}
