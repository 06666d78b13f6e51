/** Ban many at once: pasted lines are checked by the server before anything is sent. */
import IconSelector from '@tabler/icons-react/dist/esm/icons/IconSelector.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Note } from '../../../ui/note.tsx';
import { useActs } from '../../../ui/page-context.tsx';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { Segments } from '../../../ui/segments.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import type { BanInput } from './attempts.ts';
import { banAddresses } from './ban-acts.ts';
import type { BanJail, BanStart } from './ban-start.ts';
import { CheckedLines } from './checked-lines.tsx';
import { presetsBeside } from './duration-presets.ts';
import { splitEntries } from './split-entries.ts';
import { useActDeps } from './use-act-deps.ts';
import { useChecks } from './use-checks.ts';

interface BanDialogProps {
  start: BanStart;
  jails: readonly BanJail[];
  onClose: () => void;
}

export function BanDialog({ start, jails, onClose }: BanDialogProps) {
  const { t } = useTranslation();
  const deps = useActDeps();
  const say = useDurations();
  const { off } = useActs();
  const [text, setText] = useState(start.addresses ?? '');
  const [jailName, setJailName] = useState(start.jail ?? jails[0]?.name ?? '');
  const [duration, setDuration] = useState('own');
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState<Record<string, string>>({});
  const checks = useChecks(text, jailName);

  const jail = jails.find((each) => each.name === jailName);
  const presets = jail === undefined ? [] : presetsBeside(jail.ban_seconds);
  const forced = checks.items.filter(
    (item) => item.verdict === 'guarded' && item.ip !== null && typed[item.ip]?.trim() === item.ip,
  );
  const plain = checks.items.filter((item) => item.verdict === 'ok');
  const wrong = checks.items.filter((item) => item.verdict === 'invalid').length;
  const count = plain.length + forced.length;
  const blocked = off ?? (wrong > 0 ? t('ban.fix', { count: wrong }) : null);

  const submit = (): void => {
    if (blocked !== null || count === 0 || checks.waiting) return;
    const common: Omit<BanInput, 'ips'> = {
      jail: jailName,
      ...(presets.some((preset) => preset.value === duration) ? { duration: Number(duration) } : {}),
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    };
    const ipsOf = (items: typeof plain): string[] =>
      items.flatMap((item) => (item.ip === null ? [] : [item.ip]));
    onClose();
    if (plain.length > 0) void banAddresses(deps, { ...common, ips: ipsOf(plain) });
    if (forced.length > 0) void banAddresses(deps, { ...common, ips: ipsOf(forced), force: true });
  };
  const leaveOut = (): void => {
    const bad = new Set(checks.items.filter((item) => item.verdict === 'invalid').map((item) => item.entry));
    setText(
      splitEntries(text)
        .filter((entry) => !bad.has(entry))
        .join('\n'),
    );
  };
  const foot = (
    <>
      <span className="foot-reason small soft">
        {blocked ?? (count === 0 ? t('ban.none') : null)}{' '}
        {wrong > 0 && off === null ? (
          <button type="button" className="link-button" onClick={leaveOut}>
            {t('ban.leave_out', { count: wrong })}
          </button>
        ) : null}
      </span>
      <Button onClick={onClose}>{t('ui.cancel')}</Button>
      <Button kind="primary" disabled={blocked !== null || count === 0 || checks.waiting} onClick={submit}>
        {count === 0 ? t('ban.submit_none') : t('ban.submit', { count })}
      </Button>
    </>
  );
  return (
    <Dialog title={t('ban.title')} onClose={onClose} foot={foot} wide>
      {jails.length === 0 ? <Note kind="warn">{t('ban.no_jails')}</Note> : null}
      <form
        className="ban-form"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
        }}
      >
        <div className="field">
          <label className="field-label" htmlFor="ban-addresses">
            {t('ban.addresses')}
          </label>
          <textarea
            id="ban-addresses"
            className="input"
            rows={5}
            value={text}
            autoFocus
            spellCheck={false}
            aria-describedby="ban-addresses-hint"
            onChange={(event) => setText(event.target.value)}
          />
          <span id="ban-addresses-hint" className="field-hint">
            {t('ban.addresses_hint')}
          </span>
        </div>
        {checks.problem === null ? null : (
          <ProblemNote problem={checks.problem} title={t('ban.check_failed')} />
        )}
        <CheckedLines
          checks={checks}
          typed={typed}
          onType={(ip, value) => setTyped((before) => ({ ...before, [ip]: value }))}
        />
        <div className="ban-row">
          <label className="field">
            <span className="field-label">{t('ban.jail')}</span>
            <span className="select-frame">
              <select
                className="input"
                value={jailName}
                onChange={(event) => setJailName(event.target.value)}
              >
                {jails.map((each) => (
                  <option key={each.name} value={each.name}>
                    {each.name}
                  </option>
                ))}
              </select>
              <Icon of={IconSelector} />
            </span>
          </label>
          <div className="field">
            <label className="field-label" htmlFor="ban-reason">
              {t('ban.reason')}
            </label>
            <input
              id="ban-reason"
              className="input"
              value={reason}
              maxLength={500}
              aria-describedby="ban-reason-hint"
              onChange={(event) => setReason(event.target.value)}
            />
            <span id="ban-reason-hint" className="field-hint">
              {t('ban.reason_hint')}
            </span>
          </div>
        </div>
        {jail === undefined ? null : (
          <div className="field">
            <span className="field-label">{t('ban.duration')}</span>
            <Segments
              label={t('ban.duration')}
              value={presets.some((preset) => preset.value === duration) ? duration : 'own'}
              onChange={setDuration}
              options={[
                ...presets.map((preset) => ({ value: preset.value, label: say(preset.seconds) })),
                { value: 'own', label: t('ban.own_time', { time: say(jail.ban_seconds) }) },
              ]}
            />
          </div>
        )}
      </form>
    </Dialog>
  );
}
