import { expect, test } from 'bun:test';
import { parseUpstreamAddress } from './upstream-address.ts';

test('a KasmVNC address is dialled at its host and port and asked for its path', () => {
  expect(parseUpstreamAddress('wss://desk.example:6901/websockify?v=1')).toEqual({
    framed: true,
    tls: true,
    endpoint: { host: 'desk.example', port: 6901 },
    hostname: 'desk.example',
    url: new URL('wss://desk.example:6901/websockify?v=1'),
  });
});

test('plain VNC has no frames, and TLS only with tls://', () => {
  expect(parseUpstreamAddress('tcp://10.0.0.5:5901')).toMatchObject({
    framed: false,
    tls: false,
    endpoint: { host: '10.0.0.5', port: 5901 },
  });
  expect(parseUpstreamAddress('tls://desk.example')).toMatchObject({
    tls: true,
    endpoint: { host: 'desk.example', port: 5900 },
  });
});

test('port 80 is kept for every scheme, IPv6 hosts lose their brackets for the dial only', () => {
  expect(parseUpstreamAddress('wss://desk:80/')).toMatchObject({ endpoint: { host: 'desk', port: 80 } });
  expect(parseUpstreamAddress('ws://[::1]:6901/x')).toMatchObject({
    endpoint: { host: '::1', port: 6901 },
    hostname: '::1',
  });
});

test('a Unix socket may carry the path to ask for', () => {
  expect(parseUpstreamAddress('unix+ws:///run/desk.sock:/websockify')).toMatchObject({
    framed: true,
    endpoint: { socket: '/run/desk.sock' },
    url: new URL('ws://localhost/websockify'),
  });
  expect(parseUpstreamAddress('unix+ws:///run/desk.sock').url.pathname).toBe('/');
});

test('other schemes and a relative socket path are refused', () => {
  expect(() => parseUpstreamAddress('http://desk/')).toThrow('none of the schemes');
  expect(() => parseUpstreamAddress('desk:5900')).toThrow('none of the schemes');
  expect(() => parseUpstreamAddress('unix+ws://desk.sock')).toThrow('absolute path');
});
