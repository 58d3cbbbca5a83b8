import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { gatewayHttpDefaults, gatewayHttpSchema } from './gateway-http.ts';
import { upstreamsSchema } from './gateway-upstreams.ts';

const page = readFileSync(new URL('../docs/hardening.md', import.meta.url), 'utf8');

/** The names of all keys, of nested blocks too. */
function keysOf(schema: unknown): string[] {
  const { properties = {} } = schema as { readonly properties?: Readonly<Record<string, unknown>> };
  return Object.entries(properties).flatMap(([key, value]) => [key, ...keysOf(value)]);
}

describe('docs/hardening.md', () => {
  const schemas = { http: gatewayHttpSchema, upstreams: upstreamsSchema };
  for (const [block, schema] of Object.entries(schemas)) {
    for (const key of keysOf(z.toJSONSchema(schema, { io: 'input' }))) {
      test(`explains ${block} … ${key}`, () => {
        expect(page).toMatch(new RegExp(`\\b${key}\\b`));
      });
    }
  }

  test('tells the defaults as they are', () => {
    const { limits, streams, headers, origins } = gatewayHttpDefaults;
    for (const [key, value] of Object.entries({
      ...streams,
      preflight_max_age_s: origins.preflight_max_age_s,
    }))
      expect(page).toMatch(new RegExp(`${key}\` \\| ${value} \\|`));
    for (const [key, value] of Object.entries(limits))
      expect(page).toContain(`| \`http.limits.${key}\` | ${value} |`);
    expect(page).toContain(`\`{ max_age: ${headers.hsts.max_age} }\``);
  });
});

test('the time of a request is no longer than the runtime can count', () => {
  const timed = (request_time_s: number) =>
    gatewayHttpSchema.safeParse({ limits: { request_time_s } }).success;
  expect([timed(255), timed(256)]).toEqual([true, false]);
});
