/** The text of a search field: it goes into the URL when its typist pauses, and follows the URL when that changed by itself. */
import { useEffect, useEffectEvent, useState } from 'react';

const quietMs = 200;

interface SearchTextDeps {
  /** As the URL has it. */
  current: string;
  /** What the URL is to have of what was typed. */
  wantedOf: (typed: string) => string;
  /** Brings it there, soon. */
  send: (typed: string) => void;
}

export function useSearchText({
  current,
  wantedOf,
  send,
}: SearchTextDeps): [typed: string, type: (text: string) => void] {
  const [typed, setTyped] = useState(current);
  const [told, setTold] = useState(current);
  // on their way into the URL, which takes a while: more may be typed meanwhile
  const [asked, setAsked] = useState<readonly string[]>([]);
  if (current !== told) {
    const arrived = asked.indexOf(current);
    setTold(current);
    setAsked(asked.slice(arrived + 1));
    // a link, Clear, or back: the field follows
    if (arrived < 0) setTyped(current);
  }
  const wanted = wantedOf(typed);
  const ask = useEffectEvent(() => {
    setAsked((before) => [...before, wanted]);
    send(typed);
  });
  useEffect(() => {
    if (wanted === current) return undefined;
    const timer = setTimeout(ask, quietMs);
    return () => clearTimeout(timer);
  }, [wanted, current]);
  return [typed, setTyped];
}
