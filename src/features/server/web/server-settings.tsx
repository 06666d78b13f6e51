/** The settings of fail2ban itself: what runs, what is configured, and a form to change both at once. */
import IconSelector from '@tabler/icons-react/dist/esm/icons/IconSelector.mjs';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Note } from '../../../ui/note.tsx';
import { useActs } from '../../../ui/page-context.tsx';
import { problemOf, type Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import type * as contract from '../contract.ts';
import { settingsQuery, type Settings } from './server-query.ts';

export function ServerSettings() {
  const { t } = useTranslation();
  const { data, error } = useQuery(settingsQuery(useCaller()));
  return (
    <section className="side-part" aria-labelledby="server-settings">
      <h2 className="section-title" id="server-settings">
        {t('server.settings')}
      </h2>
      {error === null ? null : <ProblemNote problem={problemOf(error)} title={t('server.settings_failed')} />}
      {data === undefined ? null : (
        <>
          {data.warnings.map((warning) => (
            <Note key={warning} kind="warn">
              {warning}
            </Note>
          ))}
          <SettingsForm key={JSON.stringify(valuesOf(data))} settings={data} />
        </>
      )}
    </section>
  );
}

const names = ['log_level', 'log_target', 'db_purge_age', 'db_max_matches'] as const;
type Name = (typeof names)[number];
type Values = Record<Name, string>;

const valuesOf = (settings: Settings): Values => ({
  log_level: settings.log_level ?? '',
  log_target: settings.log_target ?? '',
  db_purge_age: settings.db_purge_age === null ? '' : String(settings.db_purge_age),
  db_max_matches: settings.db_max_matches === null ? '' : String(settings.db_max_matches),
});

function SettingsForm({ settings }: { settings: Settings }) {
  const { t } = useTranslation();
  const caller = useCaller();
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const { off } = useActs();
  const before = valuesOf(settings);
  const [values, setValues] = useState(before);
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const changed = names.filter((name) => values[name].trim() !== before[name] && values[name].trim() !== '');
  const set = (name: Name) => (value: string) => setValues({ ...values, [name]: value });

  const submit = async (): Promise<void> => {
    setWorking(true);
    setProblem(null);
    const has = (name: Name): boolean => changed.includes(name);
    const result = await caller.call<typeof contract.writeSettings>('PUT /api/v1/server/settings', {
      body: {
        ...(has('log_level') ? { log_level: values.log_level } : {}),
        ...(has('log_target') ? { log_target: values.log_target } : {}),
        ...(has('db_purge_age') ? { db_purge_age: values.db_purge_age } : {}),
        ...(has('db_max_matches') ? { db_max_matches: Number(values.db_max_matches) } : {}),
      },
    });
    setWorking(false);
    if (!result.ok) {
      setProblem(result.problem);
      return;
    }
    const { kept, detail, revision: _, ...now } = result.value;
    queryClient.setQueryData(settingsQuery(caller).queryKey, now);
    void queryClient.invalidateQueries({ queryKey: ['server-health'] });
    if (changed.includes('log_target')) void queryClient.resetQueries({ queryKey: ['server-log'] });
    toasts.show({ tone: kept ? 'ok' : 'bad', title: t(kept ? 'server.kept' : 'server.not_kept'), detail });
  };
  const field = (name: Name) => ({ name, settings, value: values[name], onChange: set(name) });
  return (
    <form
      className="settings-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed.length > 0) void submit();
      }}
    >
      <Field {...field('log_level')} options={settings.log_levels} />
      <Field
        {...field('log_target')}
        hint={t('server.target_hint', {
          folders: settings.log_folders.join(', '),
          words: settings.log_target_words.join(', '),
        })}
      />
      <Field {...field('db_purge_age')} hint={t('server.purge_hint')} />
      <Field {...field('db_max_matches')} hint={t('server.matches_hint')} />
      <div className="side-acts">
        <Button kind="primary" type="submit" disabled={off !== null || working || changed.length === 0}>
          {working
            ? t('server.saving')
            : changed.length === 0
              ? t('server.save_none')
              : t('server.save', { count: changed.length })}
        </Button>
        {off === null ? null : <span className="small soft">{off}</span>}
      </div>
      {problem === null ? null : <ProblemNote problem={problem} title={t('server.save_failed')} />}
    </form>
  );
}

interface FieldProps {
  name: Name;
  settings: Settings;
  value: string;
  onChange: (value: string) => void;
  options?: readonly string[];
  hint?: string;
}

function Field({ name, settings, value, onChange, options, hint }: FieldProps) {
  const { t } = useTranslation();
  const say = useDurations();
  const wanted = settings.configured[name] ?? null;
  const shown = (text: string): string =>
    name === 'db_purge_age' && /^\d+$/.test(text) ? say(Number(text)) : text;
  const origin = wanted === null ? null : `${wanted.file}:${wanted.line}`;
  return (
    <label className="field">
      <span className="field-label">{t(`server.names.${name}`)}</span>
      {options === undefined ? (
        <input
          className={`input ${name === 'log_target' ? 'mono' : ''}`}
          value={value}
          spellCheck={false}
          autoComplete="off"
          inputMode={name === 'db_max_matches' ? 'numeric' : 'text'}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <span className="select-frame">
          <select className="input" value={value} onChange={(event) => onChange(event.target.value)}>
            {(options.includes(value) ? options : [value, ...options]).map((option) => (
              <option key={option} value={option}>
                {option}
              </option>
            ))}
          </select>
          <Icon of={IconSelector} />
        </span>
      )}
      {hint === undefined ? null : <span className="field-hint">{hint}</span>}
      {wanted === null || origin === null ? null : (
        <span className="field-hint">
          {settings.differs.includes(name)
            ? t('server.configured_differs', { value: shown(wanted.value), origin })
            : t('server.configured', { origin })}
        </span>
      )}
      {name === 'db_purge_age' && /^\d+$/.test(value) ? (
        <span className="field-hint">{t('server.equals', { time: say(Number(value)) })}</span>
      ) : null}
    </label>
  );
}
