/** The map in a sentence, for who cannot or need not see it. */
import { useTranslation } from 'react-i18next';
import { changeText } from '../../../ui/change.ts';
import { formatCount } from '../../../ui/numbers.ts';
import type { MapSummary } from './country-rows.ts';

const list = new Intl.ListFormat('en-GB', { type: 'conjunction' });

export function MapSentence({ summary }: { summary: MapSummary }) {
  const { t } = useTranslation();
  const { bans, countries, first, share, grew } = summary;
  if (bans === 0) return <p className="map-sentence">{t('map.nobody')}</p>;
  const all = t('charts.bans', { count: bans, n: formatCount(bans) });
  const names = list.format(first.map(({ name }) => name));
  const change = grew === null ? null : changeText(grew.bans, grew.before);
  return (
    <p className="map-sentence soft">
      <strong>
        {countries === 0
          ? t('map.from_nowhere', { bans: all })
          : t('map.from', { bans: all, count: countries, n: formatCount(countries) })}
      </strong>{' '}
      {countries < 2 ? null : t('map.share', { names, share: `${share}\u00a0%`, count: first.length })}{' '}
      {grew === null || change === null ? null : t('map.grew', { name: grew.name, change })}
    </p>
  );
}
