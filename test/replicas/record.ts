/** What the counting job wrote down, judged: nothing lost, nothing twice, nothing by an instance that lost the lock. */
import type pg from 'pg';

interface Step {
  id: number;
  token: number;
  pid: number;
  n: number;
  step: number;
}

export interface Record {
  /** Runs that came to their end. */
  completed: number;
  /** Runs that were begun, some of them not ended. */
  attempts: number;
  /** Runs that the next holder found cut off. */
  aborted: number;
  /** Takings of the lock that wrote something. */
  tenures: number;
  /** Sentences; none when all is well. */
  faults: string[];
}

const lastStep = 12;

export async function readRecord(sql: pg.Client): Promise<Record> {
  const { rows } = await sql.query<{ [K in keyof Step]: string }>(
    'SELECT id, token, pid, n, step FROM counting ORDER BY id',
  );
  const steps = rows.map((row): Step => ({
    id: Number(row.id),
    token: Number(row.token),
    pid: Number(row.pid),
    n: Number(row.n),
    step: Number(row.step),
  }));
  const faults: string[] = [];
  let attempts = 0;
  let before: Step | null = null;
  // ids are given inside transactions that hold the fence: their order is the order of the writes
  for (const step of steps) {
    if (before !== null && step.token < before.token)
      faults.push(`row ${step.id} was written under token ${step.token} after ${before.token} had written`);
    if (step.step === 1) attempts += 1;
    else if (
      before === null ||
      before.token !== step.token ||
      before.n !== step.n ||
      before.step !== step.step - 1
    )
      faults.push(`row ${step.id} does not follow its run's step before: two runs side by side`);
    before = step;
  }
  const completed = steps.filter(({ step }) => step === lastStep).map(({ n }) => n);
  completed.forEach((n, index) => {
    if (n !== index + 1) faults.push(`the count went to ${n} where ${index + 1} was due`);
  });
  const aborted = await sql.query("SELECT 1 FROM job_runs WHERE job = 'counting' AND state = 'aborted'");
  return {
    completed: completed.length,
    aborted: aborted.rowCount ?? 0,
    attempts,
    tenures: new Set(steps.map(({ token }) => token)).size,
    faults: [...faults, ...(await readRuns(sql, steps))],
  };
}

/** Each run that was begun has one row in `job_runs` that says how it ended, under the token it wrote with. */
async function readRuns(sql: pg.Client, steps: readonly Step[]): Promise<string[]> {
  const { rows } = await sql.query<{ state: string; fence: string; runs: string }>(
    "SELECT state, fence, count(*) AS runs FROM job_runs WHERE job = 'counting' GROUP BY state, fence",
  );
  const faults: string[] = [];
  const newest = Math.max(0, ...steps.map(({ token }) => token));
  for (const token of new Set(steps.map((step) => step.token))) {
    const of = (state: string): number =>
      rows
        .filter((row) => row.state === state && Number(row.fence) === token)
        .reduce((sum, row) => sum + Number(row.runs), 0);
    const begun = steps.filter((step) => step.token === token && step.step === 1).length;
    const done = steps.filter((step) => step.token === token && step.step === lastStep).length;
    const recorded = of('completed') + of('aborted') + of('running');
    if (token < newest && of('running') > 0) faults.push(`token ${token}: a run says running for ever`);
    // a run that is cut right after its row has written no step, and one cut after its last step counted all the same
    if (recorded < begun || recorded > begun + 1)
      faults.push(`token ${token}: ${recorded} rows for ${begun} runs that were begun`);
    if (of('completed') > done || of('completed') < done - 1)
      faults.push(`token ${token}: ${of('completed')} rows completed, ${done} runs ended`);
    if (of('failed') > 0) faults.push(`token ${token}: ${of('failed')} runs failed`);
  }
  return faults;
}
