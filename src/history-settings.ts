/** The settings of the history: how far it goes back. */
import { wholeNumber, type Setting } from './setting.ts';

export const historySettings = {
  historyRetentionDays: wholeNumber({
    name: 'HISTORY_RETENTION_DAYS',
    from: 1,
    to: 36_500,
    fallback: 365,
    sentence: 'How long bans stay in the history; older ones are removed every hour.',
  }),
  historyBackfillDays: wholeNumber({
    name: 'HISTORY_BACKFILL_DAYS',
    from: 0,
    to: 36_500,
    fallback: null,
    shownDefault: 'everything there is',
    sentence: "How far back fail2ban's own database and log are taken over at first contact.",
  }),
};

type Settings = typeof historySettings;
type Read = <K extends keyof Settings, T>(key: K, setting: Setting<T>) => T;
export type HistoryConfig = { readonly [K in keyof Settings]: Settings[K]['fallback'] };

export const readHistory = (read: Read): HistoryConfig => ({
  historyRetentionDays: read('historyRetentionDays', historySettings.historyRetentionDays),
  historyBackfillDays: read('historyBackfillDays', historySettings.historyBackfillDays),
});
