import { describe, expect, test } from 'bun:test';
import { type RequestHead, RequestHeadParser } from '../http/request-head.ts';
import { ResponseHeadParser } from '../http/response-head.ts';
import { acceptKey, asksForUpgrade, checkUpgradeRequest, encodeUpgradeResponse } from './handshake.ts';
import {
  checkUpgradeResponse,
  encodeUpgradeKey,
  encodeUpgradeRequest,
  type UpgradeAnswer,
} from './upstream-handshake.ts';

const limits = { requestHeadBytesMax: 16_384, requestTargetBytesMax: 8192, requestHeaderCountMax: 100 };
/** From RFC 6455, section 1.3. */
const sampleKey = 'dGhlIHNhbXBsZSBub25jZQ==';
const sampleAccept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

const good = {
  Host: 'desk.example',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': sampleKey,
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Protocol': 'binary',
};

/** The good request with headers changed; undefined takes one away. */
function request(change: Record<string, string | undefined> = {}, line = 'GET /x HTTP/1.1'): RequestHead {
  const headers = Object.entries({ ...good, ...change }).filter(([, value]) => value !== undefined);
  const text = `${line}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  const step = new RequestHeadParser(limits).push(Buffer.from(text));
  if (step.kind !== 'head') throw new Error(`no head: ${JSON.stringify(step)}`);
  return step;
}

test('the accept key is the one of the RFC', () => {
  expect(acceptKey(sampleKey)).toBe(sampleAccept);
});

describe('an upgrade request', () => {
  test('of a browser is accepted with the sub-protocol binary', () => {
    const browser = {
      Connection: 'keep-alive, Upgrade',
      Upgrade: 'WebSocket',
      'Sec-WebSocket-Extensions': 'x',
    };
    expect(checkUpgradeRequest(request(browser))).toEqual({
      kind: 'accepted',
      key: sampleKey,
      protocol: 'binary',
    });
  });

  test('gets binary wherever it stands among the sub-protocols offered, and none when it offers none', () => {
    for (const [offer, protocol] of [
      ['base64, binary', 'binary'],
      ['binary,base64', 'binary'],
      [undefined, undefined],
    ] as const) {
      const check = checkUpgradeRequest(request({ 'Sec-WebSocket-Protocol': offer }));
      expect(check).toEqual({ kind: 'accepted', key: sampleKey, protocol });
    }
  });

  const refusals: readonly (readonly [why: string, status: number, head: RequestHead])[] = [
    ['by POST', 405, request({}, 'POST /x HTTP/1.1')],
    ['over HTTP/1.0', 400, request({}, 'GET /x HTTP/1.0')],
    ['without Upgrade', 426, request({ Upgrade: undefined })],
    ['to another protocol', 426, request({ Upgrade: 'h2c' })],
    ['without Connection', 400, request({ Connection: undefined })],
    ['with Connection: close', 400, request({ Connection: 'close' })],
    ['with a body', 400, request({ 'Content-Length': '5' })],
    ['with a chunked body', 400, request({ 'Transfer-Encoding': 'chunked' })],
    ['without a version', 426, request({ 'Sec-WebSocket-Version': undefined })],
    ['of an old version', 426, request({ 'Sec-WebSocket-Version': '8' })],
    ['without a key', 400, request({ 'Sec-WebSocket-Key': undefined })],
    ['with a short key', 400, request({ 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZQ==' })],
    ['with a key that is no base64', 400, request({ 'Sec-WebSocket-Key': `${'!'.repeat(22)}==` })],
    ['with a key with stray bits', 400, request({ 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZR==' })],
    ['with two keys', 400, request({ 'sec-websocket-key': sampleKey })],
    ['with other sub-protocols only', 400, request({ 'Sec-WebSocket-Protocol': 'base64, chat' })],
    ['with a sub-protocol that only resembles it', 400, request({ 'Sec-WebSocket-Protocol': 'Binary' })],
  ];
  for (const [why, status, head] of refusals) {
    test(`is refused ${why}`, () => {
      expect(checkUpgradeRequest(head)).toMatchObject({ kind: 'refused', status });
    });
  }

  test('of another version is told which one to use', () => {
    const check = checkUpgradeRequest(request({ 'Sec-WebSocket-Version': '8' }));
    expect(check).toMatchObject({ headers: { 'Sec-WebSocket-Version': '13' } });
  });

  test('is recognised by its Upgrade header alone', () => {
    expect(asksForUpgrade(request({ Connection: undefined, 'Sec-WebSocket-Key': undefined }))).toBe(true);
    expect(asksForUpgrade(request({ Upgrade: 'h2c' }))).toBe(false);
  });
});

test('the 101 response names the sub-protocol only when one was agreed', () => {
  const text = Buffer.from(encodeUpgradeResponse(sampleKey, 'binary')).toString();
  expect(text.split('\r\n')).toEqual([
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${sampleAccept}`,
    'Sec-WebSocket-Protocol: binary',
    '',
    '',
  ]);
  expect(Buffer.from(encodeUpgradeResponse(sampleKey, undefined)).toString()).not.toContain('Protocol:');
});

describe('the upgrade request to an upstream', () => {
  test('is one that our own side accepts, and has what KasmVNC insists on', () => {
    const bytes = encodeUpgradeRequest({
      url: new URL('wss://user:secret@10.0.0.5:6901/websockify?x=1#part'),
      key: sampleKey,
      authorization: 'Basic a2FzbTpwdw==',
    });
    expect(bytes.length).toBeGreaterThanOrEqual(92);
    const head = new RequestHeadParser(limits).push(bytes);
    if (head.kind !== 'head') throw new Error('no head');
    expect(checkUpgradeRequest(head)).toEqual({ kind: 'accepted', key: sampleKey, protocol: 'binary' });
    expect(head.target).toBe('/websockify?x=1');
    expect(head.headers.get('host')).toBe('10.0.0.5:6901');
    expect(head.headers.get('origin')).toBe('https://10.0.0.5:6901');
    expect(head.headers.get('authorization')).toBe('Basic a2FzbTpwdw==');
    expect(Buffer.from(bytes).toString()).not.toContain('secret');
  });

  test('has no Authorization unless one is given, and takes a host of its own', () => {
    const bytes = encodeUpgradeRequest({ url: new URL('ws://h/'), key: sampleKey, host: 'localhost' });
    const text = Buffer.from(bytes).toString();
    expect(text).toStartWith('GET / HTTP/1.1\r\nHost: localhost\r\n');
    expect(text).toContain('\r\nOrigin: http://localhost\r\n');
    expect(text).not.toContain('Authorization');
    expect(bytes.length).toBeGreaterThanOrEqual(92);
  });

  test('is not made with a value that would add a header', () => {
    const url = new URL('ws://h/');
    for (const authorization of ['Basic x\r\nX-Evil: 1', 'Basic x\n', 'a\0b']) {
      expect(() => encodeUpgradeRequest({ url, key: sampleKey, authorization })).toThrow('line break');
    }
    expect(() => encodeUpgradeRequest({ url, key: sampleKey, host: 'a\r\nb' })).toThrow('line break');
  });

  test('takes its key from 16 random bytes', () => {
    expect(encodeUpgradeKey(Buffer.from('the sample nonce'))).toBe(sampleKey);
    expect(() => encodeUpgradeKey(new Uint8Array(15))).toThrow('a key is made of 16 bytes, not 15');
  });
});

describe('the answer of an upstream', () => {
  function answer(response: string | Uint8Array): UpgradeAnswer {
    const head = new ResponseHeadParser(limits).push(Buffer.from(response));
    if (head.kind !== 'head') throw new Error('no head');
    return checkUpgradeResponse(head, sampleKey);
  }
  const ok = `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${sampleAccept}\r\n`;

  test('opens the stream when it is the 101 our own side writes, or one without a sub-protocol', () => {
    expect(answer(encodeUpgradeResponse(sampleKey, 'binary'))).toEqual({ kind: 'open' });
    expect(answer(encodeUpgradeResponse(sampleKey, undefined))).toEqual({ kind: 'open' });
  });

  test('is given as a status when it is any other', () => {
    for (const status of [200, 401, 404, 503]) {
      expect(answer(`HTTP/1.1 ${status} x\r\n\r\n`)).toEqual({ kind: 'status', status });
    }
  });

  test('is broken when it agrees to what was not asked', () => {
    const wrong = [
      ok.replace(sampleAccept, acceptKey('other')),
      ok.replace(/Sec-WebSocket-Accept.*\r\n/, ''),
      ok.replace('Upgrade: websocket\r\n', ''),
      ok.replace('Connection: Upgrade', 'Connection: close'),
      `${ok}Sec-WebSocket-Protocol: base64\r\n`,
      `${ok}Sec-WebSocket-Extensions: permessage-deflate\r\n`,
    ];
    for (const response of wrong) expect(answer(`${response}\r\n`).kind).toBe('broken');
  });
});
