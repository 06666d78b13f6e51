/** Errors under the line they stand in, with what was probably meant; F8 leads from one to the next. */
import { lintKeymap, linter, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { StateEffect, StateField, type EditorState, type Extension, type Text } from '@codemirror/state';
import { Decoration, EditorView, keymap, WidgetType, type DecorationSet } from '@codemirror/view';

export interface LineFinding {
  severity: 'error' | 'warning';
  message: string;
  code: string;
  /** Counted from 1. */
  line: number;
  suggestion: string | null;
}

interface Shown {
  findings: readonly LineFinding[];
  /** `Did you mean {name}?`, in the two parts around the name. */
  meant: readonly [string, string];
}

const show = StateEffect.define<Shown>();

class FindingWidget extends WidgetType {
  readonly finding: LineFinding;
  readonly meant: readonly [string, string];
  constructor(finding: LineFinding, meant: readonly [string, string]) {
    super();
    this.finding = finding;
    this.meant = meant;
  }
  override eq(other: FindingWidget): boolean {
    return other.finding.message === this.finding.message && other.finding.line === this.finding.line;
  }
  override toDOM(view: EditorView): HTMLElement {
    const { finding, meant } = this;
    const box = document.createElement('div');
    box.className = `cm-finding cm-finding-${finding.severity}`;
    const strong = document.createElement('strong');
    strong.textContent = finding.message;
    box.append(strong);
    if (finding.suggestion !== null)
      box.append(' ', meant[0], proposal(view, box, finding.suggestion), meant[1]);
    const code = document.createElement('code');
    code.textContent = finding.code;
    box.append(' ', code);
    return box;
  }
  override ignoreEvent(): boolean {
    return true;
  }
}

function proposal(view: EditorView, box: HTMLElement, suggestion: string): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = suggestion;
  button.addEventListener('click', () => {
    if (view.state.readOnly) return;
    // the widget stands behind the line it is about
    const line = view.state.doc.lineAt(Math.max(0, view.posAtDOM(box) - 1));
    const span = blamedSpan(line.text, suggestion);
    view.dispatch({ changes: { from: line.from + span.from, to: line.from + span.to, insert: suggestion } });
    view.focus();
  });
  return button;
}

/** The word of a value that is most like what was meant, or the whole value. Columns, counted from 0. */
export function blamedSpan(line: string, suggestion: string | null): { from: number; to: number } {
  const sign = /^[^\s=:][^=:]*[=:]\s*/.exec(line);
  const from = sign?.[0].length ?? line.length - line.trimStart().length;
  const whole = { from, to: Math.max(from, line.trimEnd().length) };
  if (suggestion === null) return whole;
  const words = [...line.slice(from).matchAll(/[^\s,[\]"'=]+/g)].map((match) => ({
    from: from + match.index,
    to: from + match.index + match[0].length,
    alike: commonStart(match[0], suggestion),
  }));
  const best = words.toSorted((a, b) => b.alike - a.alike)[0];
  return best === undefined || best.alike === 0 ? whole : { from: best.from, to: best.to };
}

function commonStart(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

const within = (doc: Text, line: number): number => Math.min(Math.max(1, line), doc.lines);

function decorate(state: EditorState, { findings, meant }: Shown): DecorationSet {
  const lineClass = { error: 'cm-bad', warning: 'cm-doubtful' } as const;
  return Decoration.set(
    findings.flatMap((finding) => {
      const line = state.doc.line(within(state.doc, finding.line));
      const widget = new FindingWidget(finding, meant);
      return [
        Decoration.line({ class: lineClass[finding.severity] }).range(line.from),
        Decoration.widget({ widget, block: true, side: 1 }).range(line.to),
      ];
    }),
    true,
  );
}

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(decorations, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(show)) return decorate(transaction.state, effect.value);
    }
    return decorations.map(transaction.changes);
  },
  provide: (self) => EditorView.decorations.from(self),
});

/** Nothing of its own appears on hovering: the message is under the line already. */
export const findingsSupport: Extension = [
  field,
  linter(null, { tooltipFilter: () => [] }),
  keymap.of(lintKeymap),
];

export function showFindings(view: EditorView, shown: Shown): void {
  const { doc } = view.state;
  const diagnostics = shown.findings.map((finding): Diagnostic => {
    const line = doc.line(within(doc, finding.line));
    const span = blamedSpan(line.text, finding.suggestion);
    return {
      from: line.from + span.from,
      to: line.from + span.to,
      severity: finding.severity,
      message: finding.message,
    };
  });
  view.dispatch({ effects: show.of(shown) });
  view.dispatch(setDiagnostics(view.state, diagnostics));
}
