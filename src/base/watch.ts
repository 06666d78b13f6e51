/** What a part tells whoever measures it. Passed in like `Log`: the part does not know who listens. */

/**
 * Called when a command is given to fail2ban, with its verb and never its arguments. What it answers is called once at
 * the end, with `ok`, `error` (fail2ban's own), or the fault that kept it from being answered. Neither throws.
 */
export type WatchCommand = (verb: string) => (outcome: string) => void;

export const unwatched: WatchCommand = () => () => {};

/** Tells each of them. */
export function watchAll(watchers: readonly WatchCommand[]): WatchCommand {
  return (verb) => {
    const ends = watchers.map((watch) => watch(verb));
    return (outcome) => {
      for (const end of ends) end(outcome);
    };
  };
}
