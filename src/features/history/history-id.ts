/** Ids of events hold their time: the order of ids is the order of time, and a stretch of time is a range of ids. */

const idsPerMs = 1024;
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** The lowest id an event of this ms can have. `id >= firstIdAt(from) AND id < firstIdAt(to)` is the stretch of time. */
export const firstIdAt = (ms: number): number => Math.ceil(ms) * idsPerMs;

/** ms. An event that shares its ms with more than a thousand others may be numbered into the ms after it. */
export const timeOfId = (id: number): number => Math.floor(id / idsPerMs);

/** Start of the hour that counts the event. */
export const hourOfId = (id: number): number => hourOf(timeOfId(id));

export const hourOf = (ms: number): number => Math.floor(ms / hourMs) * hourMs;
export const dayOf = (ms: number): number => Math.floor(ms / dayMs) * dayMs;
