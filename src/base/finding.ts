/** What `bangui doctor` found at one place: how it is, in a sentence, and what to do. */

export interface Finding {
  /** What was looked at, in one or two words. */
  check: string;
  /** problem: something does not work · warning: something works less well, or soon will not. */
  state: 'ok' | 'warning' | 'problem';
  sentence: string;
  /** A command or an act; null when there is nothing to do. */
  remedy: string | null;
}

export const ok = (check: string, sentence: string): Finding => ({
  check,
  state: 'ok',
  sentence,
  remedy: null,
});

export const warning = (check: string, sentence: string, remedy: string): Finding => ({
  check,
  state: 'warning',
  sentence,
  remedy,
});

export const problem = (check: string, sentence: string, remedy: string): Finding => ({
  check,
  state: 'problem',
  sentence,
  remedy,
});
