/** How fail2ban's files are coloured: sections, options, remarks, `%(references)s` and `<tags>`. */
import { HighlightStyle, StreamLanguage, syntaxHighlighting, type StringStream } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { tags } from '@lezer/highlight';

interface LineState {
  /** Behind the sign of an option, or in a line that goes on with its value. */
  inValue: boolean;
}

function token(stream: StringStream, state: LineState): string | null {
  if (stream.sol()) {
    const start = startOfLine(stream, state);
    if (start !== undefined) return start;
  }
  if (!state.inValue) {
    if (stream.eat(/[=:]/) !== undefined) {
      state.inValue = true;
      return 'operator';
    }
    stream.eatWhile(/[^=:]/);
    return 'propertyName';
  }
  if (stream.match(/^%\([^)]*\)s/) !== null) return 'variableName';
  if (stream.match(/^<[A-Za-z_][\w/-]*>/) !== null) return 'tagName';
  stream.next();
  stream.eatWhile(/[^%<]/);
  return null;
}

/** Undefined: the line is an option's, from its name or from within its value. */
function startOfLine(stream: StringStream, state: LineState): string | undefined {
  const indented = stream.match(/^\s+/) !== null;
  if (stream.match(/^[#;]/) !== null) {
    stream.skipToEnd();
    return 'comment';
  }
  if (!indented && stream.match(/^\[[^\]]*\]/) !== null) {
    state.inValue = false;
    return 'heading';
  }
  if (!indented) state.inValue = false;
  return undefined;
}

/** Lines of long values may be empty; the state outlives them. */
const language = StreamLanguage.define<LineState>({
  name: 'fail2ban',
  startState: () => ({ inValue: false }),
  copyState: (state) => ({ ...state }),
  token: (stream, state) => (stream.eatSpace() && stream.eol() ? null : token(stream, state)),
  languageData: { commentTokens: { line: '#' } },
});

const colours = HighlightStyle.define([
  { tag: tags.heading, color: 'var(--text)', fontWeight: '600' },
  { tag: tags.propertyName, color: 'var(--accent)' },
  { tag: tags.operator, color: 'var(--text-3)' },
  { tag: tags.comment, color: 'var(--text-3)' },
  { tag: tags.variableName, color: 'var(--ok)' },
  { tag: tags.tagName, color: 'var(--warn)' },
]);

export const iniLanguage: Extension = [language, syntaxHighlighting(colours)];
