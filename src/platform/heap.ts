/**
 * Heaps: kept small by the flags BanGUI is started with, which is right while it rests and costs half of the speed of a
 * thread that works through a million rows. V8 reads these two flags when a heap is made and after each collection.
 */
import v8 from 'node:v8';

const small = '--optimize-for-size';
const isSmall = process.execArgv.includes(small);
const youngOf = (flags: readonly string[]): string =>
  flags.find((flag) => flag.startsWith('--max-semi-space-size=')) ?? '--max-semi-space-size=0';

/** What `open` starts, a thread, may use a large young generation; it does so only while speed is favoured. */
export function withRoomyHeap<T>(open: () => T): T {
  if (!isSmall) return open();
  v8.setFlagsFromString('--no-optimize-for-size');
  v8.setFlagsFromString('--max-semi-space-size=8');
  try {
    return open();
  } finally {
    v8.setFlagsFromString(youngOf(process.execArgv));
    if (hurried === 0) v8.setFlagsFromString(small);
  }
}

let hurried = 0;

/** For all threads, until what it answers is called: they may keep what they grew. */
export function favourSpeed(): () => void {
  if (!isSmall) return () => {};
  hurried += 1;
  if (hurried === 1) v8.setFlagsFromString('--no-optimize-for-size');
  let over = false;
  return () => {
    if (over) return;
    over = true;
    hurried -= 1;
    if (hurried === 0) v8.setFlagsFromString(small);
  };
}
