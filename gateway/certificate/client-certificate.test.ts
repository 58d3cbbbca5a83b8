import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { Counter } from '../audit/metric.ts';
import { isWithin, plainPath } from '../http/plain-path.ts';
import { ClientGate, type ShownCertificate } from './client-certificate.ts';

const nowMs = Date.UTC(2026, 10, 21);
const certificate = new Uint8Array(0);
const good = {
  kind: 'verified',
  subject: 'CN=anna',
  notAfterMs: nowMs + 1,
  certificate,
} as const satisfies ShownCertificate;

function createGate(mode: 'required' | 'optional', paths: string[]) {
  const counter = new Counter('refused', 'Refused.');
  return { gate: new ClientGate({ mode, paths }, counter, () => nowMs), counter };
}

test('a covered path needs a certificate that is verified and still valid', () => {
  const { gate, counter } = createGate('required', ['/api/']);
  expect(gate.judge(good, '/api/public')).toBeUndefined();
  expect(gate.judge({ kind: 'none' }, '/api/public')).toEqual({
    status: 403,
    message: 'this address needs a client certificate, and none was shown',
  });
  for (const reason of ['expired', 'revoked', 'untrusted'] as const) {
    expect(gate.judge({ kind: 'refused', reason }, '/api')).toMatchObject({ status: 403 });
    expect(counter.value({ reason })).toBe(1);
  }
  expect(gate.judge({ ...good, notAfterMs: nowMs }, '/api/x')?.message).toContain('expired');
  expect(counter.value({ reason: 'missing' })).toBe(1);
});

test('where a certificate is optional, none is fine and a bad one is not', () => {
  const { gate } = createGate('optional', ['/']);
  expect(gate.judge({ kind: 'none' }, '/')).toBeUndefined();
  expect(gate.judge({ kind: 'refused', reason: 'untrusted' }, '/')).toMatchObject({ status: 403 });
});

test('paths that are not covered are open to everybody', () => {
  const { gate } = createGate('required', ['/api/', '/desktop']);
  for (const path of ['/', '/apis', '/index.html', '/x/api/', '/desktops/a']) {
    expect(gate.judge({ kind: 'none' }, path)).toBeUndefined();
  }
});

test('no spelling of a covered path gets around the rule', () => {
  const { gate } = createGate('required', ['/api/']);
  const spellings = [
    '/api',
    '/API/x',
    '//api/x',
    '/\\api/x',
    '/%61pi/x',
    '/%2561pi/x',
    '/x/../api/x',
    '/x/%2e%2e/api/x',
    '/x/..%2fapi/x',
    '/./api/x',
    '/api;v=1/x',
    '/api/../x',
    // Characters that become letters of the path when Unicode folds them.
    '/%C4%B0/../api/x',
  ];
  const open = spellings.filter(path => gate.judge({ kind: 'none' }, path) === undefined);
  expect(open).toEqual([]);
});

test('letters that Unicode folds into those of a path are covered too, for a program behind us may fold them', () => {
  const { gate } = createGate('required', ['/desktop/']);
  const kelvin = ['/des%E2%84%AAtop/x', '/DES%e2%84%aaTOP', '/des%25E2%2584%25AAtop/x'];
  expect(kelvin.filter(path => gate.judge({ kind: 'none' }, path) === undefined)).toEqual([]);
});

test('whatever the HTTP side takes for a path that is covered, a certificate is asked for it', () => {
  const { gate } = createGate('required', ['/desktop/']);
  const spelt = (letter: string): string[] => [
    letter,
    letter.toUpperCase(),
    `%${letter.charCodeAt(0).toString(16)}`,
    `%${letter.toUpperCase().charCodeAt(0).toString(16)}`,
    ...(letter === 'k' ? ['%E2%84%AA', '%e2%84%aa'] : []),
    ...(letter === 's' ? ['%C5%BF'] : []),
    ...(letter === '/' ? ['//', '/\\', '%5C', '/./', '/x/../', '/%2e/', ';a=b/'] : []),
  ];
  const letters = [...'desktop/'].map(letter => fc.constantFrom(...spelt(letter)));
  const leads = fc.constantFrom('/', '//', '/\\', '/%2f', '/x/../', '/x/%2e%2e/', '/./');
  const rests = fc.constantFrom('', 'x', '%ff', '%zz', '../y');
  let routed = 0;
  fc.assert(
    fc.property(leads, fc.tuple(...letters), rests, (lead, start, rest) => {
      const asked = lead + start.join('') + rest;
      const { pathname } = new URL(`https://desk.example${asked}`);
      const path = plainPath(pathname);
      if (path === undefined || !isWithin(path, '/desktop')) return;
      routed++;
      // What it judges and routes by.
      expect([asked, gate.judge({ kind: 'none' }, pathname)?.status]).toEqual([asked, 403]);
    }),
    { numRuns: 2000 },
  );
  expect(routed).toBeGreaterThan(100);
});
