/** A file as text. The editor's own code is fetched when it is first needed. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Note } from '../../../ui/note.tsx';
import type { CodeEditor, EditorContent } from './code-editor.ts';
import type { LineFinding } from './editor-findings.ts';

interface TextEditorProps {
  path: string;
  text: string;
  /** What stands on the disk; null: changed lines are not marked. */
  disk: string | null;
  readOnly: boolean;
  findings: readonly LineFinding[];
  /** Line to stand at, counted from 1. */
  line: number | null;
  onChange: (text: string) => void;
}

export function TextEditor({ path, text, disk, readOnly, findings, line, onChange }: TextEditorProps) {
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<CodeEditor | null>(null);
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading');
  const content = useMemo(
    (): EditorContent => ({ text, disk, readOnly, findings, meant: meantOf(t('config.meant')) }),
    [text, disk, readOnly, findings, t],
  );
  const latest = useRef({ content, onChange, line });
  useEffect(() => {
    latest.current = { content, onChange, line };
  });
  const label = t('config.editor_label', { path });

  useEffect(() => {
    let gone = false;
    const start = async (): Promise<void> => {
      const { createEditor } = await import('./code-editor.ts');
      if (gone || host.current === null) return;
      editor.current = createEditor({
        host: host.current,
        label,
        content: latest.current.content,
        onChange: (next) => latest.current.onChange(next),
      });
      if (latest.current.line !== null) editor.current.goTo(latest.current.line);
      setState('ready');
    };
    start().catch(() => setState('failed'));
    return () => {
      gone = true;
      editor.current?.remove();
      editor.current = null;
    };
  }, [label]);
  useEffect(() => editor.current?.show(content), [content]);
  useEffect(() => {
    if (line !== null) editor.current?.goTo(line);
  }, [line]);

  return (
    <div className="editor">
      {state === 'loading' ? <p className="page-note quiet">{t('ui.loading')}</p> : null}
      {state === 'failed' ? (
        <div className="page-note">
          <Note kind="bad" acts={<Button onClick={() => location.reload()}>{t('ui.reload_page')}</Button>}>
            {t('config.editor_failed')}
          </Note>
        </div>
      ) : null}
      <div ref={host} className="editor-host" hidden={state !== 'ready'} />
    </div>
  );
}

/** The sentence of the catalogue around the name that is a button. */
function meantOf(sentence: string): [string, string] {
  const [before = '', after = ''] = sentence.split('…');
  return [before, after];
}
