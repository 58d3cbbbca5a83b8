/** Keeps docs/policy.md and the schema of policies together. */
import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { z } from 'zod';
import { dataLossPreventionSchema } from './data-loss-prevention.ts';
import { namedKeys } from './key-names.ts';
import { accessKinds, parsePolicy } from './policy.ts';
import { groupSettings } from './settings.ts';

const markdown = readFileSync(join(import.meta.dir, '../docs/policy.md'), 'utf8');

interface Definition {
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
}

/** Dotted names of all keys of a schema that hold no section. */
function leavesOf(schema: z.ZodType, path: readonly string[] = []): string[] {
  const { shape, innerType, in: input } = schema.def as Definition;
  if (shape !== undefined) {
    return Object.entries(shape).flatMap(([key, value]) => leavesOf(value, [...path, key]));
  }
  const inner = innerType ?? input;
  return inner === undefined ? [path.join('.')] : leavesOf(inner, path);
}

/** First cells of the tables under a heading: names in backticks. */
function documented(heading: string): string[] {
  const from = markdown.indexOf(`\n${heading}\n`);
  expect(from, heading).toBeGreaterThan(0);
  const level = heading.indexOf(' ');
  const rest = markdown.slice(from + heading.length + 1);
  const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'));
  const section = end < 0 ? rest : rest.slice(0, end);
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name!);
}

describe('docs/policy.md', () => {
  test('has every key of data_loss_prevention in a table, and no other', () => {
    expect(documented('## `data_loss_prevention`').sort()).toEqual(leavesOf(dataLossPreventionSchema).sort());
  });

  test('gives each of them five cells: key, unit, default, meaning, example', () => {
    const rows = markdown
      .split('\n')
      .filter(line =>
        /^\| `(clipboard|keyboard|pointer|visible_region|allow|watermark|logging)\./.test(line),
      );
    expect(rows.length).toBe(leavesOf(dataLossPreventionSchema).length);
    for (const row of rows) {
      const cells = row.split('|').slice(1, -1);
      expect([row, cells.length]).toEqual([row, 5]);
      expect([
        row,
        cells[1]!.trim().length > 0,
        cells[2]!.trim().length > 0,
        cells[4]!.trim().length > 0,
      ]).toEqual([row, true, true, true]);
    }
  });

  test('names the defaults that the schema has', () => {
    // The sections that are not there unless somebody writes them.
    const written = { watermark: { text: { template: 'x' } }, visible_region: {} };
    const policy = parsePolicy({ access: 'full', data_loss_prevention: written });
    for (const [, key, value] of markdown.matchAll(
      /^\| `([a-z_.]+)`(?: \*\*K\*\*)? \|[^|]*\| `(true|false|unlimited|none|drop|token_bucket|off|\[\])` \|/gm,
    )) {
      const found = key!
        .split('.')
        .reduce<unknown>(
          (node, name) => (node as Record<string, unknown>)[name],
          policy.data_loss_prevention,
        );
      expect([key, JSON.stringify(found).replaceAll('"', '')]).toEqual([key, value!]);
    }
  });

  test('has every group setting and every access, and no other', () => {
    expect(documented('## Group settings').sort()).toEqual(Object.keys(groupSettings).sort());
    expect(
      documented('## `access`')
        .filter(name => name !== 'access')
        .sort(),
    ).toEqual([...accessKinds].sort());
  });

  test('names every key that a combination may name', () => {
    for (const name of Object.keys(namedKeys)) {
      if (!/^F\d+$/.test(name)) expect(markdown).toMatch(new RegExp(`[\\s\`]${name}[\\s\`]`));
    }
  });

  test('has examples that are valid', () => {
    const blocks = [...markdown.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(
      ([, text]) => parse(text!) as Record<string, unknown>,
    );
    expect(blocks.length).toBeGreaterThan(1);
    for (const block of blocks) {
      const sessions = (block.sessions ?? [block]) as { data_loss_prevention: unknown }[];
      for (const { data_loss_prevention } of sessions) parsePolicy({ access: 'full', data_loss_prevention });
    }
  });
});
