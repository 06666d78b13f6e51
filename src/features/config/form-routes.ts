/** The endpoints that change a jail by its form, by the same steps as any change. */
import type { EndpointOutput } from '../../base/endpoint.ts';
import { notFound } from '../../base/errors.ts';
import type { FileChange, Finding } from '../../host/config/change.ts';
import type { Call, Mount } from '../../platform/http/mount.ts';
import type { checkFile } from './contract.ts';
import { activateJail, deactivateJail, validateConfigJail, writeConfigJail } from './jails-contract.ts';
import { formChange, overruled } from './form-change.ts';
import { readOrThrow, type ReadingDeps } from './reading-deps.ts';

export interface FormDeps extends ReadingDeps {
  mount: Mount;
  /** The transaction; throws what keeps a change from being applied. */
  change(
    call: Call,
    wanted: { files: FileChange[]; action: 'form' | 'activate' | 'deactivate'; reason: string | null },
  ): Promise<EndpointOutput<typeof writeConfigJail>>;
  /** Tries it on a copy. */
  check(call: Call, change: FileChange): Promise<EndpointOutput<typeof checkFile>>;
  /** From the call's headers; throws 428 when it does not say. */
  version(call: Call): string | null;
}

export function configFormRoutes({ mount, change, check, version, ...deps }: FormDeps): void {
  mount(writeConfigJail, async ({ params, body }, call) => {
    const before = version(call);
    const file = await formChange(deps, { jail: params.name, options: body.options, before });
    return change(call, { files: [file], action: 'form', reason: body.reason ?? null });
  });

  mount(activateJail, async ({ params, body }, call) => {
    await mustExist(deps, params.name, body?.options !== undefined);
    const options = { ...body?.options, enabled: 'true' };
    const file = await formChange(deps, { jail: params.name, options });
    return change(call, { files: [file], action: 'activate', reason: body?.reason ?? null });
  });

  mount(deactivateJail, async ({ params, body }, call) => {
    await mustExist(deps, params.name, false);
    const file = await formChange(deps, { jail: params.name, options: { enabled: 'false' } });
    return change(call, { files: [file], action: 'deactivate', reason: body?.reason ?? null });
  });

  mount(validateConfigJail, async ({ params, body }, call) => {
    const asked = { jail: params.name, options: body.options };
    const file = await formChange(deps, asked);
    const tried = await check(call, file);
    const later = overruled(await readOrThrow(deps), asked).map((one) => warningOf(params.name, one));
    return { ...tried, findings: [...tried.findings, ...later], content: file.content };
  });
}

/** A jail that is configured nowhere is made by switching it on with its options. */
async function mustExist(deps: ReadingDeps, name: string, isNew: boolean): Promise<void> {
  const { jails } = await readOrThrow(deps);
  if (!isNew && !jails.some((one) => one.name === name))
    throw notFound('No jail of this name is configured.');
}

const warningOf = (jail: string, { option, file, line }: ReturnType<typeof overruled>[number]): Finding => ({
  severity: 'warning',
  code: 'overruled',
  message: `${file} sets ${option} as well and is read later: what the form writes has no effect.`,
  jail,
  option,
  file,
  line,
  suggestion: null,
});
