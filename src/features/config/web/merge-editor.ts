/** Two versions of a file side by side; the right one is ours and can be changed. */
import { MergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { editorBase, shadowOf } from './code-editor.ts';

interface MergeDeps {
  host: HTMLElement;
  /** What stands on the disk now. */
  theirs: string;
  mine: string;
  labels: { theirs: string; mine: string; takeOver: string };
  onChange: (mine: string) => void;
}

/** Answers the way to take it away. */
export function createMergeEditor({ host, theirs, mine, labels, onChange }: MergeDeps): () => void {
  const root = shadowOf(host);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(around);
  const lineEnds = theirs.includes('\r\n') ? [EditorState.lineSeparator.of('\r\n')] : [];
  const view = new MergeView({
    parent: root,
    root,
    a: {
      doc: theirs,
      extensions: [editorBase(labels.theirs), lineEnds, EditorState.readOnly.of(true)],
    },
    b: {
      doc: mine,
      extensions: [
        editorBase(labels.mine),
        lineEnds,
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.sliceDoc());
        }),
      ],
    },
    revertControls: 'a-to-b',
    renderRevertControl: () => control(labels.takeOver),
    collapseUnchanged: { margin: 3, minSize: 6 },
    gutter: true,
  });
  root.adoptedStyleSheets.push(sheet);
  return () => {
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((each) => each !== sheet);
    view.destroy();
  };
}

/** What stands around the two editors, which their own theme does not reach. */
const around = `
.cm-mergeView { min-width: 480px; }
.cm-mergeView .cm-merge-revert { width: 28px; background: var(--sunken); }
.cm-mergeView .cm-merge-revert button {
  min-height: 24px; padding: 0; color: var(--accent); font: 600 14px/24px var(--sans);
}
.cm-mergeView .cm-merge-revert button:focus-visible { outline: 2px solid var(--accent); }
`;

function control(label: string): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = '→';
  button.title = label;
  button.setAttribute('aria-label', label);
  return button;
}
