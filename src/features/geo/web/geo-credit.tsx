/** Of when the country and network data is, and whose: its licence asks for that wherever it is shown. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Trans, useTranslation } from 'react-i18next';
import type { EndpointOutput } from '../../../base/endpoint.ts';
import { useCaller } from '../../../ui/app-context.tsx';
import type { Caller } from '../../../ui/call.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import type * as contract from '../contract.ts';

type GeoData = EndpointOutput<typeof contract.geoData>;
type Item = GeoData['items'][number];

const geoQuery = (caller: Caller) =>
  queryOptions({
    queryKey: ['geo'],
    queryFn: ({ signal }) => caller.ask<typeof contract.geoData>('GET /api/v1/geo', { signal }),
    staleTime: 10 * 60_000,
  });

export function GeoCredit() {
  const { data } = useQuery(geoQuery(useCaller()));
  if (data === undefined) return null;
  return (
    <span className="geo-credit">
      {data.items.map((item) => (
        <Credit key={item.kind} item={item} />
      ))}
    </span>
  );
}

function Credit({ item }: { item: Item }) {
  const { t } = useTranslation();
  const times = useTimes();
  const { kind, date, bundled, type } = item;
  if (date === null) return <span>{t(`geo.none.${kind}`)}</span>;
  const values = { what: t(`geo.kinds.${kind}`), date: times.day(Date.parse(date)), type };
  if (!bundled) return <span>{t('geo.own', values)}</span>;
  return (
    <span>
      {kind === 'network' ? (
        <Trans
          i18nKey="geo.networks"
          values={values}
          components={{
            1: <Source href="https://www.routeviews.org" />,
            2: <Source href="https://www.nro.net" />,
            3: <Source href="https://db-ip.com" />,
          }}
        />
      ) : (
        <Trans
          i18nKey="geo.countries"
          values={values}
          components={{
            1: <Source href="https://www.nro.net" />,
            2: <Source href="https://opengeofeed.org" />,
          }}
        />
      )}
    </span>
  );
}

/** Opened only when it is clicked, and without telling where from. */
function Source({ href, children }: { href: string; children?: React.ReactNode }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}
