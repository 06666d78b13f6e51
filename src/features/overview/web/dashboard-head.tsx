/** The head of a page of figures: its name, when they were read, origin and range. */
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { RangeSegments } from '../../../ui/range-segments.tsx';
import { Segments } from '../../../ui/segments.tsx';
import { useMedia } from '../../../ui/use-media.ts';
import { usePageTimes } from './use-page-times.ts';
import { origins, usualRange, type DashboardView } from './dashboard-view.ts';

interface DashboardHeadProps {
  title: string;
  /** ms of the last reading; 0 before the first. */
  readAt: number;
  view: DashboardView;
  onChange: (view: DashboardView) => void;
}

type Choice = 'all' | (typeof origins)[number];

export function DashboardHead({ title, readAt, view, onChange }: DashboardHeadProps) {
  const { t } = useTranslation();
  const { asOf } = usePageTimes();
  const phone = useMedia('(max-width: 599px)');
  const { origin } = view;
  const choices: Choice[] = ['all', ...origins];
  const withOrigin = (range: DashboardView): DashboardView =>
    origin === undefined ? range : { ...range, origin };
  const chooseOrigin = (choice: Choice): void => {
    const { origin: _, ...rest } = view;
    onChange(choice === 'all' ? rest : { ...rest, origin: choice });
  };
  return (
    <header className="page-head dashboard-head">
      <h1 className="page-title">{title}</h1>
      <span className="page-sub small quiet">
        {readAt === 0 ? null : t('overview.as_of', { time: asOf(readAt) })}
      </span>
      <div className="dashboard-choice">
        {phone ? (
          <Menu
            label={t('overview.origin')}
            buttonClass="button button-ghost origin-menu"
            button={
              <>
                <span className="soft">{t('overview.origin')}</span>{' '}
                {t(`overview.origins.${origin ?? 'all'}`)}
                <Icon of={IconChevronDown} size={14} />
              </>
            }
            items={choices.map((choice) => ({
              key: choice,
              content: t(`overview.origins.${choice}`),
              checked: choice === (origin ?? 'all'),
              onSelect: () => chooseOrigin(choice),
            }))}
          />
        ) : (
          <Segments<Choice>
            label={t('overview.origin')}
            options={choices.map((choice) => ({ value: choice, label: t(`overview.origins.${choice}`) }))}
            value={origin ?? 'all'}
            onChange={chooseOrigin}
          />
        )}
        <RangeSegments view={view} usual={usualRange} onChange={(range) => onChange(withOrigin(range))} />
      </div>
    </header>
  );
}
