/** A stretch of time of one's own, typed on the operator's clock. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { rangeLength } from '../base/time-range.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { useTimes } from './page-context.tsx';
import type { RangeView } from './range-view.ts';
import { instantOf, wallTime } from './zoned-time.ts';

interface RangeDialogProps {
  view: RangeView;
  onChange: (view: RangeView) => void;
  onClose: () => void;
}

export function RangeDialog({ view, onChange, onClose }: RangeDialogProps) {
  const { t } = useTranslation();
  const { zone } = useTimes();
  const [now] = useState(() => Date.now());
  const start = view.from === undefined ? now - rangeLength(view.range ?? '24h') : Date.parse(view.from);
  const [from, setFrom] = useState(() => wallTime(start, zone));
  // an empty end stays open to the present
  const [to, setTo] = useState(() => (view.to === undefined ? '' : wallTime(Date.parse(view.to), zone)));
  const begins = instantOf(from, zone);
  const ends = to === '' ? null : instantOf(to, zone);
  const wrong =
    begins === null || (to !== '' && ends === null)
      ? t('range.unreadable')
      : ends !== null && ends <= begins
        ? t('range.turned')
        : begins >= now
          ? t('range.ahead')
          : null;
  const submit = (): void => {
    if (wrong !== null || begins === null) return;
    onChange({
      from: new Date(begins).toISOString(),
      ...(ends === null ? {} : { to: new Date(ends).toISOString() }),
    });
  };
  return (
    <Dialog
      title={t('range.title')}
      onClose={onClose}
      foot={
        <>
          <span className="foot-reason small soft">{wrong}</span>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button kind="primary" disabled={wrong !== null} onClick={submit}>
            {t('range.submit')}
          </Button>
        </>
      }
    >
      <form
        className="range-form"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <label className="field">
          <span className="field-label">{t('range.from')}</span>
          <input
            className="input"
            type="datetime-local"
            value={from}
            autoFocus
            onChange={(event) => setFrom(event.target.value)}
          />
        </label>
        <label className="field">
          <span className="field-label">{t('range.to')}</span>
          <input
            className="input"
            type="datetime-local"
            value={to}
            onChange={(event) => setTo(event.target.value)}
          />
          <span className="field-hint">{t('range.open')}</span>
        </label>
        <p className="small soft">{t('range.zone', { zone })}</p>
        {/* Enter in a field sends the form */}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
