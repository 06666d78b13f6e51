/** The sentence of filters, and how many rows it leaves. */
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { Trans, useTranslation } from 'react-i18next';
import { Chip } from '../../../ui/chip.tsx';
import { Country } from '../../../ui/country.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { SearchInput } from '../../../ui/search-input.tsx';
import { useSearchText } from '../../../ui/use-search-text.ts';
import { useCountryName } from '../../../ui/use-country-name.ts';
import { useBanDialog } from './ban-dialog-host.tsx';
import { isFiltered, readBansView, type BansView } from './bans-view.ts';

interface BansFilterProps {
  view: BansView;
  onView: (view: BansView) => void;
  /** Those among the bans that were read. */
  countries: readonly string[];
  shown: number | null;
  all: number;
}

const origins = ['own', 'manual'] as const;

export function BansFilter({ view, onView, countries, shown, all }: BansFilterProps) {
  const { t } = useTranslation();
  const { jails } = useBanDialog();
  const countryName = useCountryName();
  const without = (name: 'jail' | 'country' | 'origin'): BansView => {
    const { [name]: _, row: __, address: ___, ...rest } = view;
    return rest;
  };
  return (
    <div className="filter" role="search" aria-label={t('bans.search_label')}>
      <SearchField view={view} onView={onView} />
      {view.jail === undefined ? (
        <Menu
          label={t('bans.filter_jail')}
          buttonClass="chip-add"
          button={<AddFilter text={t('bans.jail')} />}
          items={jails.map((jail) => ({
            key: jail.name,
            content: jail.name,
            onSelect: () => onView({ ...without('jail'), jail: jail.name }),
          }))}
        />
      ) : (
        <Chip name={t('bans.jail')} value={view.jail} onRemove={() => onView(without('jail'))} />
      )}
      {view.country === undefined ? (
        countries.length === 0 ? null : (
          <Menu
            label={t('bans.filter_country')}
            buttonClass="chip-add"
            button={<AddFilter text={t('bans.country')} />}
            items={countries.map((code) => ({
              key: code,
              content: <Country code={code} />,
              onSelect: () => onView({ ...without('country'), country: code }),
            }))}
          />
        )
      ) : (
        <Chip
          name={t('bans.country')}
          value={countryName(view.country.replace('!', ''))}
          not={view.country.startsWith('!')}
          onRemove={() => onView(without('country'))}
        />
      )}
      {view.origin === undefined ? (
        <Menu
          label={t('bans.filter_origin')}
          buttonClass="chip-add"
          button={<AddFilter text={t('bans.origin')} />}
          items={origins.map((origin) => ({
            key: origin,
            content: t(`bans.origins.${origin}`),
            onSelect: () => onView({ ...without('origin'), origin }),
          }))}
        />
      ) : (
        <Chip
          name={t('bans.origin')}
          value={t(`bans.origins.${view.origin}`)}
          onRemove={() => onView(without('origin'))}
        />
      )}
      <span className="filter-count" role="status">
        {shown === null ? null : (
          <Trans
            i18nKey="bans.of"
            values={{ shown: formatCount(shown), all: formatCount(Math.max(all, shown)) }}
            components={{ 1: <b /> }}
          />
        )}
      </span>
      {isFiltered(view) ? (
        <button
          type="button"
          className="link-button small"
          onClick={() => onView(view.sort === undefined ? {} : { sort: view.sort })}
        >
          {t('bans.clear')}
        </button>
      ) : null}
    </div>
  );
}

function AddFilter({ text }: { text: string }) {
  return (
    <>
      <Icon of={IconPlus} size={14} />
      {text}
    </>
  );
}

function SearchField({ view, onView }: Pick<BansFilterProps, 'view' | 'onView'>) {
  const { t } = useTranslation();
  const [text, setText] = useSearchText({
    current: view.search ?? '',
    wantedOf: (typed) => typed.trim(),
    send(typed) {
      const { row: _, address: __, ...rest } = view;
      onView(readBansView({ ...rest, search: typed }));
    },
  });
  return (
    <SearchInput
      value={text}
      onChange={setText}
      placeholder={t('bans.search')}
      label={t('bans.search_label')}
      most={100}
    />
  );
}
