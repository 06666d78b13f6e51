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
  labels: { theirs: string; mine: string };
  onChange: (mine: string) => void;
}

/** Answers the way to take it away. */
export function createMergeEditor({ host, theirs, mine, labels, onChange }: MergeDeps): () => void {
  const root = shadowOf(host);
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
    collapseUnchanged: { margin: 3, minSize: 6 },
    gutter: true,
  });
  return () => view.destroy();
}
