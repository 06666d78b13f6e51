/** What the command menu offers: something to do, or somewhere to go. */
import type { IconShape } from '../ui/icon.tsx';

export interface Command {
  id: string;
  icon: IconShape;
  label: string;
  /** A machine would read it: an address. */
  mono?: boolean;
  /** At the end of the line: its key, or what it is. */
  end?: string;
  run: () => void;
}

export interface CommandGroup {
  title: string;
  items: readonly Command[];
}
