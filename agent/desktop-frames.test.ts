import { describe, expect, test } from 'bun:test';
import type { StartDesktop } from '../config/link/link.ts';
import { Secret } from '../config/secret.ts';
import { parseOrder, runningFrame } from './desktop-frames.ts';

const frame: StartDesktop = {
  sessionId: '11111111-1111-4111-8111-111111111111',
  image: 'sluice/desktop:1',
  protocol: 'rfb',
};

function orderOf(changes: StartDesktop): Exclude<ReturnType<typeof parseOrder>, { problem: string }> {
  const order = parseOrder({ ...frame, ...changes });
  if ('problem' in order) throw new Error(order.problem);
  return order;
}

describe('an order to start a desktop', () => {
  test('takes sensible values where it has none', () => {
    expect(orderOf({})).toMatchObject({ width: 1280, height: 800, hostname: 'desktop', imageIsLocal: false });
  });

  test.each([
    ["Ann's PC!", 'ann-s-pc'],
    ['--x--', 'x'],
    ['ü', 'desktop'],
    ['a'.repeat(70), 'a'.repeat(63)],
  ])('makes a host name of %p', (text, hostname) => {
    expect(orderOf({ hostname: text }).hostname).toBe(hostname);
  });

  test('limits the size of the screen', () => {
    expect(orderOf({ width: 100_000, height: 0 })).toMatchObject({ width: 8192, height: 800 });
  });

  test.each([
    'sluice/desktop:1',
    'registry.test:5000/team/desktop:1.2-rc_3',
    `registry.test/desktop@sha256:${'0'.repeat(64)}`,
  ])('accepts the image %s', image => {
    expect(orderOf({ image }).image).toBe(image);
  });

  test('brings what goes into the kasmvnc.yaml of a KasmVNC desktop, and of no other', () => {
    const section = { watermark: { text: { template: 'alice' } } };
    const kasmvncSectionJson = JSON.stringify(section);
    expect(orderOf({ protocol: 'kasmvnc', kasmvncSectionJson }).kasmvncSection).toEqual(section);
    expect(orderOf({ protocol: 'rfb', kasmvncSectionJson }).kasmvncSection).toBeUndefined();
    expect(orderOf({ protocol: 'kasmvnc', kasmvncSectionJson: '' }).kasmvncSection).toBeUndefined();
  });

  test.each([
    [{ protocol: 'kasmvnc', kasmvncSectionJson: '[]' }, "for the desktop's kasmvnc.yaml cannot be read"],
    [{ sessionId: '../../etc' }, 'the session id "../../etc" is no UUID'],
    [{ image: 'sluice/desktop' }, 'the image sluice/desktop has no tag'],
    [{ image: 'registry.test:5000/desktop' }, 'has no tag'],
    [{ image: '' }, 'the image reference "" is not valid'],
    [{ image: 'x:1 --privileged' }, 'is not valid'],
    [{ protocol: 'rdp' }, 'protocol "rdp" is not one of: kasmvnc, rfb'],
  ])('refuses %p', (changes, problem) => {
    const order = parseOrder({ ...frame, ...changes });
    expect('problem' in order ? order.problem : '').toContain(problem);
  });
});

test('what runs is told with its credentials, which only the gateway sees', () => {
  const running = runningFrame({
    sessionId: frame.sessionId ?? '',
    protocol: 'rfb',
    upstream: 'tcp://10.0.0.2:5901',
    authorization: undefined,
    password: new Secret('p4ssw0rd'),
    tlsVerify: false,
    containerId: 'c0ffee',
    containerIp: '10.0.0.2',
  });
  expect(running).toMatchObject({ upstreamPassword: 'p4ssw0rd', upstreamAuthorization: '', protocol: 'rfb' });
});
