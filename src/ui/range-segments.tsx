/** The range of a page: lengths that end now, or a stretch of one's own. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { rangeNames, type RangeName } from '../base/time-range.ts';
import { Menu } from './menu.tsx';
import { RangeDialog } from './range-dialog.tsx';
import type { RangeView } from './range-view.ts';
import { Segments } from './segments.tsx';
import { useMedia } from './use-media.ts';

interface RangeSegmentsProps {
  view: RangeView;
  /** What no range in the URL means; `all` also adds "All" to the choice. */
  usual: RangeName | 'all';
  onChange: (view: RangeView) => void;
}

type Choice = RangeName | 'all' | 'custom';

export function RangeSegments({ view, usual, onChange }: RangeSegmentsProps) {
  const { t } = useTranslation();
  const phone = useMedia('(max-width: 599px)');
  const [editing, setEditing] = useState(false);
  const own = view.from !== undefined || view.to !== undefined;
  const value: Choice = own ? 'custom' : (view.range ?? usual);
  const choose = (choice: Choice): void => {
    if (choice === 'custom') setEditing(true);
    else onChange(choice === usual || choice === 'all' ? {} : { range: choice });
  };
  const choices: Choice[] = [...(usual === 'all' ? (['all'] as const) : []), ...rangeNames, 'custom'];
  const shown = phone ? choices.slice(0, 4) : choices;
  const more = phone ? choices.slice(4) : [];
  const within = more.includes(value);
  return (
    <div className="range-choice">
      <Segments<Choice>
        label={t('range.label')}
        options={shown.map((choice) => ({ value: choice, label: t(`range.${choice}`) }))}
        value={value}
        onChange={choose}
        onAgain={choose}
      />
      {more.length === 0 ? null : (
        <Menu
          label={t('range.label')}
          buttonClass={`range-more ${within ? 'range-more-on' : ''}`}
          button={within ? t(`range.${value}`) : t('range.more')}
          items={more.map((choice) => ({
            key: choice,
            content: t(`range.${choice}`),
            checked: choice === value,
            onSelect: () => choose(choice),
          }))}
        />
      )}
      {editing ? (
        <RangeDialog
          view={view}
          onClose={() => setEditing(false)}
          onChange={(next) => {
            setEditing(false);
            onChange(next);
          }}
        />
      ) : null}
    </div>
  );
}
