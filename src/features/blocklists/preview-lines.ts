/** The first lines of a list, each beside the entry it was understood as; for a person who looks before importing. */
import { parseAddress, specialPurpose } from '../../base/address.ts';
import type { EndpointOutput } from '../../base/endpoint.ts';
import type { ListFormat, previewSource } from './contract.ts';

type Preview = EndpointOutput<typeof previewSource>;
type Line = Preview['lines'][number];

const mostLines = 50;
const mostColumns = 100;
const longestShown = 200;

/** `format` as it was recognised; `text` may end inside a line. */
export function previewLines(text: string, format: ListFormat): Pick<Preview, 'lines' | 'columns'> {
  switch (format.kind) {
    case 'csv':
      return ofCsv(linesOf(text), format.column);
    case 'json':
      return ofJson(text, format.member);
    case 'auto':
    case 'lines':
      return {
        lines: linesOf(text)
          .slice(0, mostLines)
          .map((line) => judged(line, firstWord(line))),
        columns: [],
      };
  }
}

const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(?:[#;]|\/\/)/.test(line));

const firstWord = (line: string): string => /^[^\s,;#|]+(?:\s*-\s*[\d.:a-fA-F]+)?/.exec(line)?.[0] ?? line;

function ofCsv(lines: readonly string[], column: number | string): Pick<Preview, 'lines' | 'columns'> {
  const [head = '', ...rest] = lines;
  const separator = [';', '\t'].find((one) => head.includes(one)) ?? ',';
  const fieldsOf = (line: string): string[] =>
    line.split(separator).map((field) => field.trim().replaceAll(/^"|"$/g, ''));
  const headings = fieldsOf(head);
  const index =
    typeof column === 'number'
      ? column - 1
      : headings.findIndex((heading) => heading.toLowerCase() === column.toLowerCase());
  const hasHeadings = headings.every((heading) => parseAddress(heading) === null);
  return {
    lines: (hasHeadings ? rest : lines)
      .slice(0, mostLines)
      .map((line) => judged(line, fieldsOf(line)[index] ?? '')),
    columns: hasHeadings ? headings.slice(0, mostColumns).map(cut) : [],
  };
}

function ofJson(text: string, member: string | null): Pick<Preview, 'lines' | 'columns'> {
  const strings = [...text.matchAll(/"((?:[^"\\]|\\.){1,200})"(\s*:)?/g)].map(([, content = '', colon]) => ({
    content,
    isMember: colon !== undefined,
  }));
  const values = strings.filter(
    ({ isMember }, place) =>
      !isMember &&
      (member === null || (strings[place - 1]?.isMember === true && strings[place - 1]?.content === member)),
  );
  const members = new Set(strings.filter(({ isMember }) => isMember).map(({ content }) => content));
  return {
    lines: values.slice(0, mostLines).map(({ content }) => judged(content, content)),
    columns: [...members].slice(0, mostColumns).map(cut),
  };
}

function judged(line: string, candidate: string): Line {
  const [first, last] = candidate.split('-').map((part) => parseAddress(part.trim()));
  const text = cut(line);
  if (first === undefined || first === null || last === null)
    return { text, entry: null, refusal: 'not_an_address' };
  if (specialPurpose(first) !== null) return { text, entry: null, refusal: 'reserved' };
  return { text, entry: last === undefined ? first : `${first}-${last}`, refusal: null };
}

/** Whoever wrote the list chose these characters. */
const cut = (text: string): string =>
  text.slice(0, longestShown).toWellFormed().replaceAll(/\p{C}/gu, '\ufffd');
