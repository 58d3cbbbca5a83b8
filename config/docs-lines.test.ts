/** What the pages for operators show as configuration is taken by the schema as it stands there. */
import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { controlSchema } from './control.ts';
import { gatewaySchema } from './gateway.ts';

const readPage = (name: string): string =>
  readFileSync(new URL(`../docs/${name}.md`, import.meta.url), 'utf8');

/** Why the gateway would not start with these keys; empty when it would. */
function problemsOf(text: string): string[] {
  const control = { url: 'http://127.0.0.1:8080', enrolment_token_file: 'token' };
  const own = parse(text) as Record<string, unknown>;
  const result = gatewaySchema.safeParse({ ...('sessions' in own ? {} : { control }), ...own });
  return result.success ? [] : result.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`);
}

describe('docs/hardening.md', () => {
  const page = readPage('hardening');
  const [table = ''] = page.split('\n## ');
  const rows = [...table.matchAll(/^\| ([^|]+) \| `([^`]+: [^`]+)`[^|]*\| [^|]+ \|$/gm)];

  for (const [, item = '', line = ''] of rows) {
    test(`has a line for "${item}" that the gateway takes`, () => {
      expect(problemsOf(line)).toEqual([]);
    });
  }

  test('has a line for each item that hardening guides for reverse proxies have', () => {
    const items = rows.map(([, item = '']) => item);
    for (const item of [
      'framing',
      'Content-Security-Policy',
      'TLS',
      'certificates',
      'referrer',
      'rate',
      'CORS',
    ]) {
      expect(items.filter(each => each.includes(item))).not.toEqual([]);
    }
    expect(rows.length).toBeGreaterThanOrEqual(12);
  });

  test('is not looked at by a test that takes everything', () => {
    expect(problemsOf('http: { headers: { frame_ancestor: [] } }')).not.toEqual([]);
    expect(problemsOf('tls: { profile: strict }')).not.toEqual([]);
  });
});

for (const name of ['hardening', 'limits', 'reverse-proxy', 'tls', 'operating']) {
  const blocks = [...readPage(name).matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
  for (const [index, block] of blocks.entries()) {
    test(`docs/${name}.md, configuration ${index + 1}, is taken as it stands`, () => {
      if (block.startsWith('# control.yaml')) {
        const config = { enrolment_token_file: 'token', ...(parse(block) as object) };
        expect(controlSchema.safeParse(config).error?.issues ?? []).toEqual([]);
      } else expect(problemsOf(block)).toEqual([]);
    });
  }
}
