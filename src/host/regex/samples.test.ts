/** Every filter that ships, over the annotated samples that ship with it, by the engine of the laboratory. */
import { readdirSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { createRegexEngine, type MatchAnswer } from './match-lines.ts';
import { createFilterReader, type FilterQuestion, type FilterReader } from './read-filters.ts';

const program = '/usr/bin/fail2ban-regex';
const configDir = '/etc/fail2ban';
const engine = createRegexEngine({ program });
const reader = createFilterReader({ program, configDir });
afterAll(async () => {
  await engine.close();
  await reader.close();
});

const checked = { failures: 0, others: 0 };
const filters = readdirSync(`${configDir}/filter.d`)
  .flatMap((file) => /^(.+)\.conf$/.exec(file)?.[1] ?? [])
  .filter((name) => !name.endsWith('common'));
/** The moment that fail2ban's own tests take for now, 2005-08-14 12:00 in their zone: dates without a year are before it. */
const at = Date.UTC(2005, 7, 14, 10);

type ReadAnswer = Extract<Awaited<ReturnType<FilterReader['read']>>, { kind: 'answered' }>['answer'];
type Group = NonNullable<NonNullable<ReadAnswer['samples']>['value']>[number];
interface Sampled {
  name: string;
  group: Group;
  filter: ReadAnswer['filters'][number];
}

async function ask(question: FilterQuestion): Promise<ReadAnswer> {
  const told = await reader.read(question);
  if (told.kind !== 'answered') throw new Error(told.sentence);
  return told.answer;
}

/** The samples of these filters, and the filters with the options of each group, in one reading. */
async function sampled(names: readonly string[]): Promise<Sampled[]> {
  const groups: { name: string; group: Group }[] = [];
  for (const name of names) {
    const found = (await ask({ samples: name })).samples?.value ?? [];
    expect(found, `${name} has samples`).not.toEqual([]);
    groups.push(...found.map((group) => ({ name, group })));
  }
  const { filters: read } = await ask({
    filters: groups.map(({ name, group }) => ({ name, options: group.options })),
  });
  return groups.map(({ name, group }, index) => ({ name, group, filter: read[index] ?? expect.fail() }));
}

/** Lines where the engine says other than the annotation. */
async function disagreements({ group, filter: { value: filter, problem } }: Sampled): Promise<string[]> {
  if (filter === null) return [problem ?? 'cannot be read'];
  const outcome = await engine.matchLines({
    ...filter,
    maxLines: Number(filter.maxLines ?? 1),
    hostNames: true,
    dated: group.journal,
    lines: group.lines.map(({ text }) => `${group.journal ? `${at / 1000} ` : ''}${group.before}${text}`),
    at,
  });
  if (outcome.kind !== 'answered') return [outcome.sentence];
  return group.lines.flatMap((line, number) => {
    checked[line.match ? 'failures' : 'others'] += 1;
    const answer = outcome.answer.lines[number];
    if (answer !== undefined && isFailure(answer) === line.match) return [];
    return [`${JSON.stringify(group.options)} ${line.match ? 'missed' : 'matched'}: ${line.text}`];
  });
}

/** What only helps to understand other lines, or waits for another one, is none. */
const isFailure = (line: MatchAnswer['lines'][number]): boolean =>
  line.matches.some((match) => match.last && !match.helper && match.id !== null);

test('the stock filters agree with the annotations of their samples, line by line', async () => {
  const wrong: Record<string, string[]> = {};
  const half = Math.ceil(filters.length / 2);
  const work = async (names: readonly string[]) => {
    for (const one of await sampled(names)) {
      const lines = await disagreements(one);
      if (lines.length > 0) (wrong[one.name] ??= []).push(...lines);
    }
  };
  await Promise.all([work(filters.slice(0, half)), work(filters.slice(half))]);
  expect(wrong).toEqual({});
  expect(checked.failures).toBeGreaterThan(1_000);
  expect(checked.others).toBeGreaterThan(100);
}, 300_000);
