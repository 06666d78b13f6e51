/** Time as a value that is passed in, so that tests can move it. */

/** Milliseconds since the Unix epoch, UTC. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();
