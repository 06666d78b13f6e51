/** A million events as a file: how fast they come, and what the process needs meanwhile. */
import { get } from 'node:http';
import type { RunningBangui } from '../test/bangui.ts';
import type { Operator } from '../test/operator.ts';
import type { Beside } from './history-beside.ts';
import { percentile, residentMb, round, sleep } from './measure.ts';
import type { Row } from './scene.ts';

const most = 1_000_000;

interface Ground {
  operator: Operator;
  bangui: RunningBangui;
  beside: Beside;
}

export async function exportFigure({ operator, bangui, beside }: Ground): Promise<Row> {
  const before = residentMb(bangui.pid);
  const sizes: number[] = [];
  const waits: number[] = [];
  let running = true;
  const watching = (async () => {
    while (running) {
      sizes.push(residentMb(bangui.pid));
      waits.push((await operator.get('/api/v1/dashboard/status')).ms);
      await sleep(50);
    }
  })();
  const began = performance.now();
  const rows = await readRows(`${bangui.url}/api/v1/history/export?format=csv`, operator.cookie);
  const perSecond = rows / ((performance.now() - began) / 1000);
  running = false;
  await watching;
  const half = Math.floor(sizes.length / 2);
  const [early, late] = [Math.max(...sizes.slice(0, half)), Math.max(...sizes.slice(half))];
  return {
    figure: `export of ${rows.toLocaleString('en')} rows, CSV`,
    reach: '≥ 50k rows/s, constant memory',
    measured:
      `${round(perSecond)} rows/s; ${round(before)} MB before, at most ${round(early)} MB in the first half, ` +
      `${round(late)} MB in the second; another call meanwhile p99 ${round(percentile(waits, 99))} ms`,
    beside: beside.exported(rows),
    met: perSecond >= 50_000 && late <= early * 1.1,
  };
}

function readRows(url: string, cookie: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { cookie } }, (response) => {
      let rows = 0;
      // the end of a row is the only carriage return: inside of cells it is spelled
      response.on('data', (chunk: Buffer) => {
        for (let at = chunk.indexOf('\r'); at >= 0; at = chunk.indexOf('\r', at + 1)) rows += 1;
        if (rows <= most) return;
        // so many are enough: a reader may leave
        request.destroy();
        resolve(rows - 1);
      });
      response.once('end', () => resolve(rows - 1));
      response.once('error', reject);
    });
    request.once('error', reject);
  });
}
