/** The last events as they were sent, so that a reader whose connection broke can go on where it stopped. */

export interface EventHistory {
  /** Numbers the event, keeps it, and answers its text for the stream. */
  add(type: string, data: Readonly<Record<string, unknown>>): string;
  /**
   * What a new stream starts with: everything after `lastId`; or a `resync` event when that cannot be told any more;
   * for a reader without a past only the number to resume from.
   */
  since(lastId: string | undefined): string;
}

/** `epoch` tells this run of the program from an earlier one and from other instances, whose numbers mean nothing here. */
export function createEventHistory({ epoch, most }: { epoch: string; most: number }): EventHistory {
  let sent = 0;
  const kept: string[] = [];
  const position = (): string => `id: ${epoch}-${sent}\n\n`;
  return {
    add(type, data) {
      sent += 1;
      const text = `id: ${epoch}-${sent}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
      kept[sent % most] = text;
      return text;
    },
    since(lastId) {
      if (lastId === undefined || lastId === '') return position();
      const match = /^([a-z0-9]{1,20})-(\d{1,15})$/.exec(lastId);
      const seen = match?.[1] === epoch ? Number(match[2]) : -1;
      if (seen < 0 || seen > sent || sent - seen > most) {
        return `id: ${epoch}-${sent}\nevent: resync\ndata: {}\n\n`;
      }
      let missed = '';
      for (let number = seen + 1; number <= sent; number++) missed += kept[number % most] ?? '';
      return missed === '' ? position() : missed;
    },
  };
}
