/** The page of one address: what the side panel shows, with room. */
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { GeoCredit } from '../features/geo/web/geo-credit.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { AddressActs } from './address-acts.tsx';
import { AddressAbout, AddressBans, AddressNeighbours, AddressWhy, useAddress } from './address-content.tsx';
import { usePageTitle } from './page-title.ts';

const route = getRouteApi('/shell/address/$ip');

export function Address() {
  const { t } = useTranslation();
  const { ip } = route.useParams();
  const { event } = route.useSearch();
  const known = useAddress(ip);
  usePageTitle(ip);
  return (
    <div className="page address-page">
      <header className="page-head">
        <h1 className="page-title panel-address">{ip}</h1>
        <CopyButton text={ip} what={t('panel.address')} />
        <div className="page-acts">
          <AddressActs ip={ip} held={known.held} />
        </div>
      </header>
      <div className="address-columns">
        <div>
          <AddressAbout known={known} />
          <AddressNeighbours known={known} />
        </div>
        <div>
          <AddressWhy known={known} event={event} />
          <AddressBans known={known} />
        </div>
      </div>
      <footer className="page-foot">
        <GeoCredit />
      </footer>
    </div>
  );
}
