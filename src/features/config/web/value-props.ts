/** What every control of an option is told. */

export interface ValueProps {
  id: string;
  /** Null: nothing sets it. */
  value: string | null;
  choices: readonly string[];
  wrong: boolean;
  /** Id of what explains it. */
  describedBy: string;
  onChange: (value: string) => void;
}
