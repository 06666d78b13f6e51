/** `npm run bench`: one table, each figure beside the peers' access pattern or the limit measured in the same run. */
import { bansPage, socketHold } from './bans-page.ts';
import { inBrowser } from './browser.ts';
import { burst } from './burst.ts';
import { configuration } from './config.ts';
import { geoLookups } from './geo.ts';
import { history } from './history.ts';
import { listsKnow } from './lists-know.ts';
import { listsInForce } from './lists-enforce.ts';
import { listsImport } from './lists-import.ts';
import { listReading } from './lists.ts';
import { load } from './load.ts';
import { overviewRefresh } from './overview-refresh.ts';
import {
  banMany,
  closeScene,
  openScene,
  shown,
  untilIdle,
  untilShown,
  type Figure,
  type Row,
} from './scene.ts';
import { secondStart } from './second-start.ts';

const bans = 100_000;
const figures: readonly (readonly [name: string, figure: Figure])[] = [
  ['overview', overviewRefresh],
  ['page', bansPage],
  ['hold', socketHold],
  ['browser', inBrowser],
  ['geo', geoLookups],
  ['start', secondStart],
  ['load', load],
  ['burst', burst],
];
const wanted = process.argv.slice(2);
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
const rows: Row[] = [];

if (isWanted('history')) rows.push(...(await history()));
if (isWanted('lists-parse')) rows.push(...(await listReading()));
if (isWanted('config')) rows.push(...(await configuration()));
if (isWanted('lists-know')) rows.push(...(await listsKnow()));
if (isWanted('lists-enforce')) rows.push(...(await listsInForce()));
if (isWanted('lists-import')) rows.push(...(await listsImport()));
if (figures.some(([name]) => isWanted(name))) await inScene();

async function inScene(): Promise<void> {
  const scene = await openScene();
  try {
    await banMany(scene.fail2ban, scene.jail, 0, bans);
    const filled = await untilShown(scene, bans, 300_000);
    console.log(
      `${bans.toLocaleString('en')} bans in jail ${scene.jail}; all shown ${(filled / 1000).toFixed(1)} s after the last`,
    );
    for (const [name, figure] of figures) {
      if (!isWanted(name)) continue;
      await untilIdle(scene);
      console.log(`measuring ${name}, ${(await shown(scene)).toLocaleString('en')} bans`);
      rows.push(...(await figure(scene)));
    }
  } finally {
    await closeScene(scene);
  }
}
console.log('\n| Figure | Reach | Measured | Beside, same run | |\n|---|---|---|---|---|');
for (const row of rows) {
  console.log(
    `| ${row.figure} | ${row.reach} | ${row.measured} | ${row.beside} | ${row.met ? 'met' : 'MISSED'} |`,
  );
}
const missed = rows.filter((row) => !row.met).length;
console.log(`\n${rows.length - missed} of ${rows.length} met`);
process.exitCode = missed > 0 ? 1 : 0;
