/** Adds a source or changes one: its name, where it comes from, when it is read, and how its text is understood. */
import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import type { Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { Segments } from '../../../ui/segments.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import { uploadFile } from '../../../ui/upload-file.ts';
import type * as contract from '../contract.ts';
import { blocklistsKey, type Format, type Source } from './blocklists-query.ts';
import { FormatField } from './format-field.tsx';
import { ScheduleField } from './schedule-field.tsx';
import { nextTimes, readSchedule, writeSchedule } from './schedule-words.ts';
import { sizeWords } from './sizes.ts';
import type { SourceActs } from './use-source-acts.ts';

interface SourceDialogProps {
  /** Null: a new one. */
  source: Source | null;
  acts: SourceActs;
  onClose: () => void;
}

export function SourceDialog({ source, acts, onClose }: SourceDialogProps) {
  const { t } = useTranslation();
  const id = useId();
  const caller = useCaller();
  const toasts = useToasts();
  const queryClient = useQueryClient();
  const [name, setName] = useState(source?.name ?? '');
  const [from, setFrom] = useState(source !== null && source.url === null ? 'file' : 'url');
  const [url, setUrl] = useState(source?.url ?? '');
  const [file, setFile] = useState<File | null>(null);
  const [schedule, setSchedule] = useState(() =>
    readSchedule(source === null ? 'daily 04:10' : source.schedule),
  );
  const [format, setFormat] = useState<Format>(source?.format ?? { kind: 'auto' });
  const [sent, setSent] = useState<number | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  // a file that was stored but could not be read is not added a second time
  const [made, setMade] = useState<Source | null>(source);

  const complete =
    name.trim() !== '' &&
    (from === 'url' ? url.trim() !== '' : file !== null || made !== null) &&
    (from === 'file' || nextTimes(schedule, 'UTC', 0) !== null) &&
    (format.kind !== 'csv' || format.column !== '');

  const submit = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const body = {
      name: name.trim(),
      url: from === 'url' ? url.trim() : null,
      schedule: from === 'url' ? writeSchedule(schedule) : null,
      format,
    };
    const result =
      made === null
        ? await caller.call<typeof contract.createSource>('POST /api/v1/blocklists', { body })
        : await caller.call<typeof contract.updateSource>('PUT /api/v1/blocklists/{id}', {
            params: { id: made.id },
            body,
          });
    if (!result.ok) {
      setBusy(false);
      return setProblem(result.problem);
    }
    setMade(result.value);
    const failed =
      from === 'file' && file !== null
        ? await uploadFile({
            url: `/api/v1/blocklists/${result.value.id}/file`,
            file,
            onProgress: setSent,
          })
        : null;
    setSent(null);
    setBusy(false);
    await queryClient.invalidateQueries({ queryKey: [blocklistsKey] });
    if (failed !== null) return setProblem(failed);
    toasts.show({
      tone: 'ok',
      title: t(source === null ? 'lists.added' : 'lists.changed', { name: body.name }),
      ...(source === null ? { detail: t('lists.added_detail') } : {}),
    });
    onClose();
    if (source === null) await acts.simulate(result.value);
  };

  return (
    <Dialog
      title={source === null ? t('lists.add_title') : t('lists.edit_title', { name: source.name })}
      onClose={onClose}
      foot={
        <>
          <span className="small soft foot-reason">{source === null ? t('lists.add_hint') : null}</span>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button kind="primary" disabled={!complete || busy} onClick={() => void submit()}>
            {t(source === null ? 'lists.add_and_simulate' : 'lists.save')}
          </Button>
        </>
      }
    >
      <form
        className="lists-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (complete && !busy) void submit();
        }}
      >
        <label className="field">
          <span className="field-label">{t('lists.name')}</span>
          <input
            className="input"
            value={name}
            maxLength={100}
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        {made === null ? (
          <div className="field">
            <span className="field-label">{t('lists.from')}</span>
            <div>
              <Segments
                label={t('lists.from')}
                value={from}
                onChange={setFrom}
                options={[
                  { value: 'url', label: t('lists.from_url') },
                  { value: 'file', label: t('lists.from_file') },
                ]}
              />
            </div>
          </div>
        ) : null}
        {from === 'url' ? (
          <label className="field">
            <span className="field-label">{t('lists.url')}</span>
            <input
              className="input mono"
              type="url"
              inputMode="url"
              value={url}
              maxLength={2_000}
              placeholder="https://"
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setUrl(event.target.value)}
            />
            <span className="field-hint">{t('lists.url_hint')}</span>
          </label>
        ) : (
          <div className="field">
            <label className="field-label" htmlFor={`${id}-file`}>
              {t('lists.file')}
            </label>
            <input
              id={`${id}-file`}
              type="file"
              className="lists-file"
              onChange={(event) => setFile(event.target.files?.[0] ?? null)}
            />
            <span className="field-hint">
              {sent === null || file === null
                ? t(made === null ? 'lists.file_hint' : 'lists.file_again_hint')
                : t('lists.sent_of', { n: sizeWords(sent), of: sizeWords(file.size) })}
            </span>
            {sent === null || file === null ? null : (
              <progress
                className="lists-bar"
                max={Math.max(1, file.size)}
                value={sent}
                aria-label={t('lists.uploading', { n: formatCount(file.size) })}
              />
            )}
          </div>
        )}
        {from === 'url' ? <ScheduleField schedule={schedule} onChange={setSchedule} /> : null}
        <FormatField format={format} onChange={setFormat} />
        {problem === null ? null : <ProblemNote problem={problem} title={t('lists.not_saved')} />}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
