/** A process that takes the scheduler lock and writes as holder, over and over: to be killed, or stopped and resumed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { lockAt } from './open-lock.ts';

const { lock } = await lockAt(
  JSON.parse(process.env['HOLDER_PLACE'] ?? ''),
  JSON.parse(process.env['HOLDER_OPTIONS'] ?? '{}'),
);
lock.onChange((fence) => console.log(fence === null ? 'lost' : `held ${fence.token}`));
await lock.start('standby');
for (;;) {
  const fence = lock.fence();
  if (fence !== null) {
    const row = {
      job: 'loop',
      holder: lock.holder,
      state: 'completed',
      started_at: Date.now(),
      counts: '{}',
    };
    await fence
      .write(async (transaction) => {
        await transaction
          .insertInto('job_runs')
          .values({ ...row, fence: fence.token, ended_at: null, error: null })
          .execute();
        // half of the time inside a transaction, so that it is stopped there as well
        if (process.env['HOLDER_DAWDLES'] !== undefined) await sleep(5);
      })
      .catch((error: unknown) => console.log(`refused ${String(error)}`));
  }
  await sleep(5);
}
