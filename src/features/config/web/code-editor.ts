/** The text editor itself; its code is only loaded when a file is opened as text. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { EditorView, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { changeMarks, setDisk } from './editor-changes.ts';
import { findingsSupport, showFindings, type LineFinding } from './editor-findings.ts';
import { editorTheme } from './editor-theme.ts';
import { iniLanguage } from './ini-language.ts';

export interface EditorContent {
  text: string;
  /** What stands on the disk; null: changed lines are not marked. */
  disk: string | null;
  readOnly: boolean;
  findings: readonly LineFinding[];
  /** `Did you mean {name}?`, in the two parts around the name. */
  meant: readonly [string, string];
}

export interface CodeEditor {
  show(content: EditorContent): void;
  /** Brings a line into sight and puts the cursor there. */
  goTo(line: number): void;
  focus(): void;
  remove(): void;
}

interface EditorDeps {
  host: HTMLElement;
  label: string;
  onChange: (text: string) => void;
  content: EditorContent;
}

/**
 * What every editor of ours is. Esc, then Tab within two seconds, leaves it: that is CodeMirror's own way out.
 * It stands in a shadow root, where its styles are sheets made by script: the content security policy forbids others.
 */
export const editorBase = (label: string): Extension => [
  lineNumbers(),
  highlightActiveLineGutter(),
  history(),
  EditorView.lineWrapping,
  search({ top: true }),
  highlightSelectionMatches(),
  iniLanguage,
  editorTheme,
  keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
  EditorView.contentAttributes.of({
    'aria-label': label,
    tabindex: '0',
    spellcheck: 'false',
    autocapitalize: 'off',
  }),
];

export const shadowOf = (host: HTMLElement): ShadowRoot =>
  host.shadowRoot ?? host.attachShadow({ mode: 'open' });

export function createEditor({ host, label, onChange, content }: EditorDeps): CodeEditor {
  const root = shadowOf(host);
  const editing = new Compartment();
  let shown = content;
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: content.text,
      extensions: [
        editorBase(label),
        ...(content.text.includes('\r\n') ? [EditorState.lineSeparator.of('\r\n')] : []),
        editing.of(EditorState.readOnly.of(content.readOnly)),
        changeMarks,
        findingsSupport,
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.sliceDoc());
        }),
      ],
    }),
  });
  view.dispatch({ effects: setDisk.of(content.disk) });
  showFindings(view, content);
  return {
    show(next) {
      const before = shown;
      shown = next;
      if (next.text !== view.state.sliceDoc()) replaceText(view, next.text);
      if (next.readOnly !== before.readOnly) {
        view.dispatch({ effects: editing.reconfigure(EditorState.readOnly.of(next.readOnly)) });
      }
      if (next.disk !== before.disk) view.dispatch({ effects: setDisk.of(next.disk) });
      if (next.findings !== before.findings) showFindings(view, next);
    },
    goTo(line) {
      const at = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines)).from;
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
    },
    focus: () => view.focus(),
    remove: () => view.destroy(),
  };
}

/** Only what differs, so that the cursor stays where it is. */
function replaceText(view: EditorView, text: string): void {
  const doc = view.state.toText(text);
  const old = view.state.doc.toString();
  const fresh = doc.toString();
  let from = 0;
  while (from < old.length && from < fresh.length && old[from] === fresh[from]) from += 1;
  let end = 0;
  const room = Math.min(old.length, fresh.length) - from;
  while (end < room && old.at(-1 - end) === fresh.at(-1 - end)) end += 1;
  view.dispatch({
    changes: { from, to: old.length - end, insert: doc.slice(from, fresh.length - end) },
  });
}
