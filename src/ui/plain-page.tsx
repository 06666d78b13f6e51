/** A page with nothing but its task: the mark above, one line at the foot. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Mark } from './mark.tsx';

export function PlainPage({ children, name }: { children: ReactNode; name: string }) {
  const { t } = useTranslation();
  return (
    <div className={`plain plain-${name}`}>
      <header className="plain-head">
        <Mark size={22} />
        <span className="brand-name">BanGUI</span>
      </header>
      <main className="plain-main">{children}</main>
      <footer className="plain-foot small quiet">{t('login.foot')}</footer>
    </div>
  );
}
