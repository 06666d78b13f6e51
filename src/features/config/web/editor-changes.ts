/** The accent edge of lines that are not as they are on the disk. */
import { StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';
import { changedLines, diffLines } from './diff-lines.ts';

/** What stands on the disk; null: nothing is marked. */
export const setDisk = StateEffect.define<string | null>();

const disk = StateField.define<string | null>({
  create: () => null,
  update(text, transaction) {
    for (const effect of transaction.effects) if (effect.is(setDisk)) return effect.value;
    return text;
  },
});

const edge = Decoration.line({ class: 'cm-changed' });

function mark(state: EditorState): DecorationSet {
  const text = state.field(disk);
  if (text === null) return Decoration.none;
  const lines = changedLines(diffLines(text, state.doc.toString()));
  return Decoration.set(
    lines.filter((line) => line <= state.doc.lines).map((line) => edge.range(state.doc.line(line).from)),
  );
}

const marks = StateField.define<DecorationSet>({
  create: mark,
  update(decorations, transaction) {
    const other = transaction.startState.field(disk) !== transaction.state.field(disk);
    return transaction.docChanged || other ? mark(transaction.state) : decorations;
  },
  provide: (self) => EditorView.decorations.from(self),
});

export const changeMarks: Extension = [disk, marks];
