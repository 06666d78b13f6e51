/** An entry of an ignore list, and the note on a ban that is in its way. */
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Note } from '../../../ui/note.tsx';
import { useActs, useTimes } from '../../../ui/page-context.tsx';
import { useNow } from '../../../ui/use-now.ts';

interface IgnoreRowProps {
  entry: string;
  /** Where, who, why; empty words and null are left out. */
  about: readonly (string | null)[];
  /** ISO instant; null = for good. */
  expires: string | null;
  /** Somebody in it is banned all the same. */
  banned: boolean;
  onDrop: () => void;
  onUnban: () => void;
}

export function IgnoreRow({ entry, about, expires, banned, onDrop, onUnban }: IgnoreRowProps) {
  const { t } = useTranslation();
  const { off } = useActs();
  const times = useTimes();
  const now = useNow(60_000);
  const until =
    expires === null ? null : t('jails.ignore.until', { time: times.moment(Date.parse(expires), now) });
  return (
    <li>
      <span className="mono jail-cut">{entry}</span>
      <span className="small soft jail-grow">{[...about, until].filter(Boolean).join(' · ')}</span>
      {banned ? (
        <Button kind="ghost" disabled={off !== null} onClick={onUnban}>
          {t('jails.ignore.unban')}
        </Button>
      ) : null}
      <IconButton
        label={t('jails.ignore.drop', { entry })}
        icon={IconX}
        disabled={off !== null}
        onClick={onDrop}
      />
    </li>
  );
}

interface StillBannedProps {
  entry: string;
  jails: readonly string[];
  onUnban: () => void;
}

/** Ignoring ends no ban. */
export function StillBanned({ entry, jails, onUnban }: StillBannedProps) {
  const { t } = useTranslation();
  const { off } = useActs();
  return (
    <Note
      kind="warn"
      announce
      acts={
        <Button disabled={off !== null} onClick={onUnban}>
          {t('jails.ignore.unban')}
        </Button>
      }
    >
      {t('jails.ignore.banned_in', { entry, jails: jails.join(', ') })}
    </Note>
  );
}
