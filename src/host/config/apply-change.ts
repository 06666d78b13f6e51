/** One change of the configuration from comparison to the last look: it is applied whole, or it is as if it never was. */
import { AppError, invalidInput } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { JailName } from '../host.ts';
import { parseJailName } from '../jail-name.ts';
import type { ChangeEnd, FileChange, Finding, StepName } from './change.ts';
import { commandsIn, type CommandOption } from './commands-in.ts';
import { bytesOf, fileNow, hashOf, largestFile } from './file-now.ts';
import {
  changeTaken,
  type Journal,
  type JournalFile,
  type KeptFile,
  type OpenChange,
  type Plan,
} from './journal.ts';
import type { Rehearsal, Rehearser } from './rehearsal.ts';
import { putBack } from './put-back.ts';
import type { Steps } from './steps.ts';
import { look, markDaemonLog, runningJails, takeUp, type TakeUpDeps } from './take-up.ts';
import { writeFile } from './write-file.ts';

export interface ApplyDeps extends TakeUpDeps {
  rehearser: Rehearser;
  journal: Journal;
  /** BANGUI_CONFIG_ALLOW_COMMANDS. */
  commandsAllowed: boolean;
  log: Log;
}

export interface OneChange {
  /** From the first write on nothing may be forgotten: what cannot be ended here is left to `recover`. */
  written: boolean;
  files: readonly FileChange[];
  /** Whether the password was typed for what runs code. */
  allowCommands: boolean;
  open: OpenChange;
  steps: Steps;
  /** Ends it before anything is written. */
  signal: AbortSignal;
}

export type AppliedEnd = ChangeEnd & { revision: number | null };

/** Throws AppError before anything is written only: 403 for code without password, 422 for links, 503. */
export async function applyChange(deps: ApplyDeps, change: OneChange): Promise<AppliedEnd> {
  const { open, steps, files } = change;
  steps.begin('compare');
  const kept = await readAll(deps, files);
  const ended = (result: ChangeEnd['result'], more: Partial<AppliedEnd> = {}): AppliedEnd => ({
    result,
    steps: steps.list(),
    findings: [],
    jails: [],
    revision: null,
    ...more,
  });
  const isStale = async (now: readonly JournalFile[]): Promise<boolean> => {
    const stale = now.filter(({ before }, index) => hashOfKept(before) !== files[index]?.before);
    if (stale.length === 0) return false;
    steps.failed(`${stale.map(({ file }) => file.path).join(', ')} was changed by somebody else meanwhile.`);
    await open.drop();
    return true;
  };
  if (await isStale(kept)) return ended('stale');
  if (kept.every(isSame)) {
    steps.done('The file holds this already.');
    await open.drop();
    return ended('unchanged');
  }
  steps.done('Nobody has changed it meanwhile.');
  steps.begin('read');
  refuseCommands(deps, change, kept);
  steps.done(kept.map(sizeWords).join(', '));
  const revision = await open.record(kept);
  steps.number(revision);
  steps.begin('rehearse');
  await open.step('rehearse');
  const rehearsal = await deps.rehearser.rehearse(files, change.signal);
  if (change.signal.aborted) throw shuttingDown();
  const findings = rehearsal.failure === null ? rehearsal.findings : [notRehearsed(rehearsal.failure)];
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    steps.failed(`${errors.length} ${errors.length === 1 ? 'error' : 'errors'}: ${errors[0]?.message ?? ''}`);
    await open.end('refused', steps.list());
    return ended('refused', { findings, revision });
  }
  // Trying takes a while, in which somebody may have saved the file on the machine.
  if (await isStale(await readAll(deps, files))) return ended('stale');
  const plan = planOf(rehearsal, await runningJails(deps.host));
  steps.done(`fail2ban’s own modules read it in ${rehearsal.ms} ms and found no error.`);
  await open.step('write', plan);
  change.written = true;
  const outcome = await commit(deps, change, { kept, plan });
  await open.end(outcome.result, steps.list());
  return ended(outcome.result, { ...outcome, findings: [...outcome.findings, ...findings], revision });
}

interface Committed extends Pick<ChangeEnd, 'findings' | 'jails'> {
  result: 'applied' | 'put_back' | 'broken';
}

/** From here on every way out is a whole change or none. */
async function commit(
  deps: ApplyDeps,
  change: OneChange,
  { kept, plan }: { kept: readonly JournalFile[]; plan: Plan },
): Promise<Committed> {
  const { steps } = change;
  const jails = plan.running === null ? [] : [...plan.starts, ...plan.reloads, ...plan.stops];
  const undo = async (why: string, findings: Finding[], daemonToo: boolean) => {
    steps.failed(why);
    steps.begin('put_back');
    await note(deps, change, 'put_back');
    const back = await putBack(deps, kept, daemonToo ? plan : null);
    if (back.ok) steps.done(back.said);
    else steps.failed(back.said);
    const result = back.ok ? ('put_back' as const) : ('broken' as const);
    return { result, findings: findings.length > 0 ? findings : [failedBy(kept, why)], jails };
  };
  steps.begin('write');
  try {
    for (const { file, before, after } of kept) {
      // Asked each time: a process that was held up for long must not write what another has undone meanwhile.
      await note(deps, change, 'write');
      await writeFile(
        deps.configDir,
        file,
        after === null ? null : { bytes: Buffer.from(after), rights: before },
      );
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.code === changeTaken) throw error;
    return await undo(error.message, [], false);
  }
  steps.done(
    kept.map(({ file, after }) => `${file.path} is ${after === null ? 'deleted' : 'written'}`).join(', '),
  );
  if (plan.running === null) return { result: 'applied', findings: [], jails };
  steps.begin('reload');
  await note(deps, change, 'reload');
  const mark = await markDaemonLog(deps.host);
  const taken = await takeUp(deps, plan);
  if (!taken.ok) return await undo(taken.said, taken.findings, true);
  steps.done(taken.said);
  steps.begin('look');
  await note(deps, change, 'look');
  const seen = await look(deps, plan, mark);
  if (!seen.ok) return await undo(seen.said, seen.findings, true);
  steps.done(seen.said);
  return { result: 'applied', findings: [], jails };
}

/** A database that is away for a moment does not keep a change half done; one that is another's by now ends here. */
async function note({ log }: ApplyDeps, { open }: OneChange, step: StepName): Promise<void> {
  try {
    await open.step(step);
  } catch (error) {
    if (error instanceof AppError && error.code === changeTaken) throw error;
    log.warn('config_step_not_noted', { step, error });
  }
}

async function readAll(
  { configDir, journal }: ApplyDeps,
  files: readonly FileChange[],
): Promise<JournalFile[]> {
  const kept: JournalFile[] = [];
  for (const { file, content } of files) {
    if (!file.local)
      throw invalidInput(`${file.path} is shipped with fail2ban and is never written. Make a .local.`);
    if (content !== null && Buffer.byteLength(content) > largestFile)
      throw invalidInput(`${file.path} would be larger than ${largestFile / 1024} KiB.`);
    if (content?.isWellFormed() === false) throw invalidInput(`${file.path} would hold half a character.`);
    kept.push({ file, before: await fileNow(configDir, file), after: content });
  }
  if (new Set(files.map(({ file }) => file.path)).size < files.length)
    throw invalidInput('A file can be changed once in a change.');
  await journal.seen(kept);
  return kept;
}

export const hashOfKept = (kept: KeptFile | null): string | null =>
  kept === null ? null : hashOf(bytesOf(kept));

/** The file on disk is what the change would make of it. */
export const isSame = ({ before, after }: Pick<JournalFile, 'before' | 'after'>): boolean =>
  hashOfKept(before) === (after === null ? null : hashOf(after));

function refuseCommands(deps: ApplyDeps, change: OneChange, kept: readonly JournalFile[]): void {
  const found = kept.flatMap(({ file, before, after }) =>
    commandsIn({ kind: file.kind, before: before?.text ?? null, after }).map((one) => ({
      ...one,
      file: file.path,
    })),
  );
  if (found.length === 0 || (deps.commandsAllowed && change.allowCommands)) return;
  const extra = { commands: found };
  if (!deps.commandsAllowed) {
    const message = `${optionsOf(found)} runs code as root, and such edits are switched off here.`;
    const remedy = 'Edit the file on the machine, or set BANGUI_CONFIG_ALLOW_COMMANDS=true.';
    throw new AppError(403, 'commands_not_allowed', message, { remedy, extra });
  }
  const message = `${optionsOf(found)} runs code as root. Type your password again to change it.`;
  throw new AppError(403, 'confirmation_required', message, { extra });
}

const optionsOf = (found: readonly CommandOption[]): string =>
  [...new Set(found.map(({ option }) => option))].slice(0, 5).join(', ');

function planOf(rehearsal: Rehearsal, running: JailName[] | null): Plan {
  const named = (names: readonly string[]): JailName[] => names.flatMap((name) => parseJailName(name) ?? []);
  const runs = (jail: JailName): boolean => running?.includes(jail) === true;
  const [starts, reloads] = [named(rehearsal.starts), named(rehearsal.reloads).filter(runs)];
  const stops = named(rehearsal.stops).filter(runs);
  const after = new Set<string>([...(running ?? []), ...starts].filter((jail) => !stops.includes(jail)));
  const enabled = new Set(rehearsal.enabled);
  return {
    starts: starts.filter((jail) => !runs(jail)),
    reloads: [...reloads, ...starts.filter(runs)],
    restarts: [...named(rehearsal.restarts), ...starts].filter(runs),
    stops,
    running,
    whole: after.size === enabled.size && [...after].every((jail) => enabled.has(jail)),
  };
}

const sizeWords = ({ file, before, after }: JournalFile): string =>
  after === null
    ? `${file.path} goes`
    : `${file.path}: ${Buffer.byteLength(after)} bytes ${before === null ? 'in a new file' : `after ${bytesOf(before).length}`}`;

const blank = { severity: 'error', jail: null, option: null, line: null, suggestion: null } as const;

const notRehearsed = (message: string): Finding => ({ ...blank, code: 'not-rehearsed', message, file: null });

const failedBy = (kept: readonly JournalFile[], message: string): Finding => ({
  ...blank,
  code: 'change-failed',
  message,
  file: kept.length === 1 ? (kept[0]?.file.path ?? null) : null,
});

export const shuttingDown = (): AppError =>
  new AppError(503, 'shutting_down', 'BanGUI is being stopped; nothing was changed.');
