/** Every filter that ships, over the annotated samples that ship with it, by the engine of the laboratory. */
import { readdirSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { createRegexEngine, type MatchAnswer } from './match-lines.ts';
import { createFilterReader } from './read-filters.ts';

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

/** Lines where the engine says other than the annotation. */
async function disagreements(name: string): Promise<string[]> {
  const told = await reader.read({ samples: name });
  if (told.kind !== 'answered') throw new Error(told.sentence);
  const groups = told.answer.samples?.value ?? [];
  if (groups.length === 0) return ['has no samples'];
  const read = await reader.read({ filters: groups.map(({ options }) => ({ name, options })) });
  if (read.kind !== 'answered') throw new Error(read.sentence);
  const found: string[] = [];
  for (const [index, group] of groups.entries()) {
    const filter = read.answer.filters[index]?.value ?? null;
    if (filter === null) return [read.answer.filters[index]?.problem ?? 'cannot be read'];
    const outcome = await engine.matchLines({
      ...filter,
      maxLines: Number(filter.maxLines ?? 1),
      hostNames: true,
      dated: group.journal,
      lines: group.lines.map(({ text }) => `${group.journal ? `${at / 1000} ` : ''}${group.before}${text}`),
      at,
    });
    if (outcome.kind !== 'answered') return [outcome.sentence];
    for (const [number, line] of group.lines.entries()) {
      checked[line.match ? 'failures' : 'others'] += 1;
      const answer = outcome.answer.lines[number];
      if (answer === undefined || isFailure(answer) !== line.match)
        found.push(`${JSON.stringify(group.options)} ${line.match ? 'missed' : 'matched'}: ${line.text}`);
    }
  }
  return found;
}

/** What only helps to understand other lines, or waits for another one, is none. */
const isFailure = (line: MatchAnswer['lines'][number]): boolean =>
  line.matches.some((match) => match.last && !match.helper && match.id !== null);

test('the stock filters agree with the annotations of their samples, line by line', async () => {
  const wrong: Record<string, string[]> = {};
  const queue = filters.values();
  const work = async () => {
    for (const name of queue) {
      const lines = await disagreements(name);
      if (lines.length > 0) wrong[name] = lines;
    }
  };
  await Promise.all([work(), work()]);
  expect(wrong).toEqual({});
  expect(checked.failures).toBeGreaterThan(1_000);
  expect(checked.others).toBeGreaterThan(100);
}, 300_000);
