/** What the writer does besides following: in steps, between which it follows, and which can be stopped after each. */
import type { Counts, TaskName } from './messages.ts';

/** Does a bounded piece of work, and answers what it did and whether there is more. `waits`: for the loop's own work. */
export type Step = () => Promise<{ counts: Counts; more: boolean; waits?: boolean }>;

export interface Tasks {
  run(id: number, task: TaskName): void;
  /** The task ends before its next step. */
  halt(id: number): void;
  /** One step of the task whose turn it is. False when there is nothing to do. Throws LockLost only. */
  step(): Promise<boolean>;
  /** Every task ends now. */
  haltAll(): void;
}

interface TasksDeps {
  begin: Readonly<Record<TaskName, () => Step>>;
  /** An error that no task may swallow. */
  fatal: (error: unknown) => boolean;
  onEnd: (id: number, counts: Counts) => void;
  onFailure: (id: number, error: unknown) => void;
}

interface Running {
  id: number;
  step: Step;
  counts: Counts;
  halted: boolean;
}

export function createTasks({ begin, fatal, onEnd, onFailure }: TasksDeps): Tasks {
  const queue: Running[] = [];

  function end(task: Running): void {
    queue.splice(queue.indexOf(task), 1);
    onEnd(task.id, task.counts);
  }

  return {
    run(id, task) {
      queue.push({ id, step: begin[task](), counts: {}, halted: false });
    },
    halt(id) {
      const task = queue.find((one) => one.id === id);
      if (task !== undefined) task.halted = true;
    },
    async step() {
      for (const task of queue.filter(({ halted }) => halted)) end(task);
      const [task] = queue;
      if (task === undefined) return false;
      // the next one has its turn after each step
      queue.splice(0, 1);
      queue.push(task);
      try {
        const { counts, more, waits = false } = await task.step();
        for (const [name, count] of Object.entries(counts))
          task.counts[name] = (task.counts[name] ?? 0) + count;
        if (!more) end(task);
        return !waits;
      } catch (error) {
        queue.splice(queue.indexOf(task), 1);
        if (fatal(error)) throw error;
        onFailure(task.id, error);
        return true;
      }
    },
    haltAll() {
      for (const task of queue.slice()) end(task);
    },
  };
}
