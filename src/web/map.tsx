/** The map of a range beside the table of the same rows, and under it what is known of the chosen country. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { countryCsv, csvName, saveFile } from '../features/map/web/country-csv.ts';
import { summarize, type CountryRow } from '../features/map/web/country-rows.ts';
import { CountryTable } from '../features/map/web/country-table.tsx';
import { MapBoard } from '../features/map/web/map-board.tsx';
import { MapSentence } from '../features/map/web/map-sentence.tsx';
import type { MapView } from '../features/map/web/map-view.ts';
import { rememberedThresholds, rememberThresholds } from '../features/map/web/thresholds.ts';
import { CountryPanel } from '../features/overview/web/country-panel.tsx';
import { DashboardHead } from '../features/overview/web/dashboard-head.tsx';
import { countriesQuery, dashboardKey } from '../features/overview/web/dashboard-query.ts';
import type { DashboardView } from '../features/overview/web/dashboard-view.ts';
import { useRangeWords } from '../features/overview/web/range-words.ts';
import { useCaller } from '../ui/app-context.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { problemOf } from '../ui/problem.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { isCountryCode, useCountryName } from '../ui/use-country-name.ts';
import { useQuietRefresh } from '../ui/use-quiet-refresh.ts';
import { MapFoot } from './map-foot.tsx';
import { usePageTitle } from './page-title.ts';

const route = getRouteApi('/shell/map');

export function MapPage() {
  const { t } = useTranslation();
  const { address, country, sort, ...view } = route.useSearch();
  const navigate = route.useNavigate();
  const nameOf = useCountryName();
  const words = useRangeWords(view);
  const query = useQuery(countriesQuery(useCaller(), view));
  const [thresholds, setThresholds] = useState(() => rememberedThresholds(localStorage));
  usePageTitle(t('map.title'));
  useQuietRefresh(dashboardKey);

  const rows = useMemo<CountryRow[]>(
    () =>
      (query.data?.items ?? []).map(({ key, bans, before, addresses }) => ({
        code: key,
        name: nameOf(key),
        isCountry: isCountryCode(key),
        bans,
        before,
        addresses,
      })),
    [query.data, nameOf],
  );
  const summary = useMemo(() => summarize(rows, query.data?.total ?? 0), [rows, query.data]);
  const show = (next: DashboardView, map: MapView): void =>
    void navigate({
      search: { ...next, ...map, ...(address === undefined ? {} : { address }) },
      // choosing and sorting are no places to come back to
      replace: next === view,
    });
  const kept = sort === undefined ? {} : { sort };
  const choose = (code: string | undefined): void =>
    show(view, { ...kept, ...(code === undefined ? {} : { country: code }) });
  const chosen = country === undefined ? {} : { country };
  const chosenName =
    country === undefined ? '' : isCountryCode(country) ? `${country} ${nameOf(country)}` : nameOf(country);
  return (
    <div className="page map-page">
      <DashboardHead
        title={t('map.title')}
        readAt={query.dataUpdatedAt}
        view={view}
        onChange={(next) => show(next, { ...kept, ...chosen })}
      />
      <div className="map-columns">
        <div className="map-main">
          {query.error === null ? null : (
            <div className="page-note">
              <ProblemNote
                problem={problemOf(query.error)}
                title={t('map.failed')}
                acts={<Button onClick={() => void query.refetch()}>{t('ui.retry')}</Button>}
              />
            </div>
          )}
          <div className={`map-view ${query.isPlaceholderData ? 'stale' : ''}`}>
            {query.data === undefined ? (
              <p className="map-sentence">&nbsp;</p>
            ) : (
              <MapSentence summary={summary} />
            )}
            <MapBoard
              rows={rows}
              thresholds={thresholds}
              onThresholds={(next) => {
                rememberThresholds(localStorage, next);
                setThresholds(next);
              }}
              chosen={country}
              onChoose={choose}
              before={words.before}
              nameOf={nameOf}
            />
          </div>
          {country === undefined ? null : (
            <CountryPanel
              key={country}
              view={view}
              code={country}
              name={chosenName}
              row={rows.find(({ code }) => code === country)}
              before={words.before}
              onClose={() => choose(undefined)}
            />
          )}
        </div>
        <div className={`map-side ${query.isPlaceholderData ? 'stale' : ''}`}>
          <CountryTable
            rows={rows}
            thresholds={thresholds}
            sort={sort}
            onSort={(next) => show(view, { ...chosen, ...(next === '-bans' ? {} : { sort: next }) })}
            chosen={country}
            onChoose={choose}
            onSave={() => saveFile(csvName(query.data?.to ?? ''), countryCsv(rows))}
            empty={
              query.data === undefined ? null : (
                <EmptyState kind="nothing-yet" title={t('map.empty_title')} foot={t('map.empty_foot')}>
                  {t('map.empty_text')}
                </EmptyState>
              )
            }
            foot={<MapFoot rows={rows.length} />}
          />
        </div>
      </div>
    </div>
  );
}
