/** The file was changed since the draft began: both versions side by side, and nothing is lost. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Note } from '../../../ui/note.tsx';
import { useDiscard } from './use-discard.ts';
import type { OpenFile } from './use-open-file.ts';

export function ConflictPane({ file }: { file: OpenFile }) {
  const { t } = useTranslation();
  const discard = useDiscard();
  const theirs = file.disk?.content ?? '';
  const [merged, setMerged] = useState(file.text);
  const host = useRef<HTMLDivElement>(null);
  const [first] = useState(file.text);
  const [failed, setFailed] = useState(false);
  const labels = { theirs: t('config.theirs'), mine: t('config.mine'), takeOver: t('config.take_over') };
  const { theirs: theirLabel, mine: myLabel, takeOver } = labels;
  useEffect(() => {
    let remove: (() => void) | null = null;
    let gone = false;
    const start = async (): Promise<void> => {
      const { createMergeEditor } = await import('./merge-editor.ts');
      if (gone || host.current === null) return;
      remove = createMergeEditor({
        host: host.current,
        theirs,
        mine: first,
        labels: { theirs: theirLabel, mine: myLabel, takeOver },
        onChange: setMerged,
      });
    };
    start().catch(() => setFailed(true));
    return () => {
      gone = true;
      remove?.();
    };
  }, [theirs, first, theirLabel, myLabel, takeOver]);
  return (
    <div className="conflict">
      <div className="page-note conflict-note">
        <Note kind="warn" announce>
          <strong>{t('config.stale_title', { path: file.path })}</strong>{' '}
          {file.disk === null ? t('config.stale_gone') : t('config.stale_text')}
        </Note>
        <div className="conflict-acts">
          <Button kind="primary" onClick={() => file.rebase(merged)}>
            {merged === first ? t('config.keep_mine') : t('config.keep_merged')}
          </Button>
          <Button onClick={() => discard(file)}>{t('config.take_theirs')}</Button>
          <span className="small soft">{t('config.merge_hint')}</span>
        </div>
      </div>
      <div className="conflict-heads small quiet" aria-hidden>
        <span>{labels.theirs}</span>
        <span>{labels.mine}</span>
      </div>
      {failed ? <p className="page-note tone-bad">{t('config.editor_failed')}</p> : null}
      <div ref={host} className="editor-host" />
    </div>
  );
}
