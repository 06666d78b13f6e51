/** What every control of an option is told. */

export interface ValueProps {
  id: string;
  /** Null: nothing sets it. */
  value: string | null;
  /** The value with its references filled in; null: it has none, or nobody knows. */
  comesTo: string | null;
  choices: readonly string[];
  wrong: boolean;
  /** Id of what explains it. */
  describedBy: string;
  onChange: (value: string) => void;
}
