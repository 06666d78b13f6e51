/** The first start: a password, a time zone, how long a session lasts; beside it what was found. */
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { PlainPage } from '../../../ui/plain-page.tsx';
import { FoundList } from './found-list.tsx';
import { setupQuery } from './setup-query.ts';
import { SetupForm } from './setup-form.tsx';
import type { LogIn } from './use-set-up.ts';

export function SetupPage({ logIn }: { logIn: LogIn }) {
  const { t } = useTranslation();
  const setup = useQuery(setupQuery(useCaller()));
  useEffect(() => {
    document.title = `${t('setup.title')} · BanGUI`;
  }, [t]);
  return (
    <PlainPage name="setup">
      <div className="setup">
        <SetupForm codeRequired={setup.data?.code_required === true} logIn={logIn} />
        {setup.data === undefined || setup.data.found === null ? null : (
          <FoundList found={setup.data.found} />
        )}
      </div>
    </PlainPage>
  );
}
