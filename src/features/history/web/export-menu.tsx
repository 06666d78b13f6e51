/** The rows of the list as a file, by the same filters. */
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { exportUrl, type Filters } from './history-query.ts';

export function ExportMenu({ filters }: { filters: Filters }) {
  const { t } = useTranslation();
  return (
    <Menu
      label={t('history.export')}
      buttonClass="button button-outline"
      button={
        <>
          <Icon of={IconDownload} />
          <span>{t('history.export')}</span>
        </>
      }
      items={(['csv', 'json'] as const).map((format) => ({
        key: format,
        content: t(`history.export_${format}`),
        onSelect: () => download(filters, format),
      }))}
    />
  );
}

function download(filters: Filters, format: 'csv' | 'json'): void {
  const link = document.createElement('a');
  link.href = exportUrl(filters, format, Date.now());
  link.download = '';
  link.click();
}
