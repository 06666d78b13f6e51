/** One source: whether it is on, where it comes from, how its last run ended, and what can be done with it. */
import IconCircleDashed from '@tabler/icons-react/dist/esm/icons/IconCircleDashed.mjs';
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { Switch } from '../../../ui/switch.tsx';
import type { Source } from './blocklists-query.ts';
import { RunIcon, RunOutcome } from './run-state.tsx';
import { isOpen } from './run-progress.ts';
import type { SourceActs } from './use-source-acts.ts';
import { useScheduleWords } from './use-schedule-words.ts';

export interface SourceDialogs {
  edit: (source: Source) => void;
  preview: (source: Source) => void;
  remove: (source: Source) => void;
}

interface SourceRowProps {
  source: Source;
  chosen: boolean;
  now: number;
  acts: SourceActs;
  dialogs: SourceDialogs;
  onChoose: () => void;
}

export function SourceRow({ source, chosen, now, acts, dialogs, onChoose }: SourceRowProps) {
  const { t } = useTranslation();
  const times = useTimes();
  const words = useScheduleWords();
  const { id, name, url, last_run: run, hits } = source;
  const next = source.next_run_at === null ? null : times.moment(Date.parse(source.next_run_at), now);
  return (
    <tr
      className={chosen ? 'lists-row lists-row-chosen' : 'lists-row'}
      onClick={(event) => {
        const { target } = event;
        if (target instanceof HTMLElement && target.closest('a, button, label, [popover]') !== null) return;
        if (getSelection()?.isCollapsed !== false) onChoose();
      }}
    >
      <td className="lists-on">
        <Switch
          label={t('lists.enabled', { name })}
          on={source.enabled}
          onChange={(on) => void acts.enable(source, on)}
        />
      </td>
      <th scope="row" className="lists-name">
        <Link
          to="/blocklists"
          search={{ source: String(id) }}
          replace
          className="lists-cut name"
          title={name}
          {...(chosen ? { 'aria-current': true } : {})}
        >
          <LogText text={name} />
        </Link>
      </th>
      <td className="lists-address">
        <span className={url === null ? 'lists-cut soft' : 'lists-cut mono soft'} title={url ?? undefined}>
          {url === null ? t('lists.uploaded') : <LogText text={withoutScheme(url)} />}
        </span>
      </td>
      <td className="lists-schedule soft">
        <span className="lists-cut" title={next === null ? undefined : t('lists.next', { time: next })}>
          {url === null && source.schedule === null ? t('lists.on_upload') : words(source.schedule)}
        </span>
      </td>
      <td className="lists-entries number">
        {source.entries === null ? (
          <span className="soft">{t('lists.not_yet')}</span>
        ) : (
          <>
            {formatCount(source.entries)}
            <span className="lists-caption quiet"> {t('lists.entries_word')}</span>
          </>
        )}
      </td>
      <td className="lists-last">
        <LastRun source={source} now={now} />
      </td>
      <td className="lists-outcome">
        {run === null ? (
          <SimulatedAt source={source} now={now} />
        ) : (
          <RunOutcome run={run} before={source.entries} />
        )}
      </td>
      <td className="lists-hits number">
        {hits === null ? (
          <span className="quiet">{source.enabled ? t('lists.not_known') : ''}</span>
        ) : (
          <span className={hits === 0 ? 'quiet' : 'name'}>
            {formatCount(hits)}
            <span className="lists-caption quiet"> {t('lists.hits_word')}</span>
          </span>
        )}
      </td>
      <td className="lists-menu">
        <Menu
          label={t('lists.acts_of', { name })}
          buttonClass="icon-button"
          button={
            <>
              <Icon of={IconDots} />
              <span className="sr-only">{t('lists.acts_of', { name })}</span>
            </>
          }
          items={[
            ...(run !== null && isOpen(run)
              ? [{ key: 'cancel', content: t('lists.cancel_run'), onSelect: () => void acts.cancel(run) }]
              : [{ key: 'run', content: t('lists.run_now'), onSelect: () => void acts.run(source) }]),
            { key: 'simulate', content: t('lists.simulate'), onSelect: () => void acts.simulate(source) },
            { key: 'preview', content: t('lists.preview'), onSelect: () => dialogs.preview(source) },
            { key: 'edit', content: t('lists.edit'), onSelect: () => dialogs.edit(source) },
            {
              key: 'delete',
              content: <span className="tone-bad">{t('lists.delete')}</span>,
              onSelect: () => dialogs.remove(source),
            },
          ]}
        />
      </td>
    </tr>
  );
}

function LastRun({ source, now }: { source: Source; now: number }) {
  const { t } = useTranslation();
  const times = useTimes();
  const run = source.last_run;
  if (run === null) {
    return (
      <span className="lists-with-icon soft">
        <Icon of={IconCircleDashed} tone="quiet" /> {t('lists.never')}
      </span>
    );
  }
  const at = Date.parse(run.ended_at ?? run.started_at ?? run.queued_at);
  return (
    <Link
      to="/blocklists"
      search={{ source: String(source.id), run: String(run.id) }}
      replace
      className="lists-with-icon lists-quiet-link"
      title={t('lists.run_of', { id: run.id, time: times.full(at) })}
    >
      <RunIcon run={run} />
      {isOpen(run) ? t(`lists.state.${run.state}`) : times.moment(at, now)}
      <span className="sr-only">{t(`lists.state.${run.state}`)}</span>
    </Link>
  );
}

function SimulatedAt({ source, now }: { source: Source; now: number }) {
  const { t } = useTranslation();
  const times = useTimes();
  const { simulated_at: at } = source;
  if (at === null) return null;
  return <span className="soft">{t('lists.simulated_at', { time: times.moment(Date.parse(at), now) })}</span>;
}

const withoutScheme = (url: string): string => url.replace(/^https?:\/\//, '');
