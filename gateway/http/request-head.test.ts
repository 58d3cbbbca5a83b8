import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type HeadRefusalReason, refusalEncoder, refuseHead } from './head-refusal.ts';
import {
  type RequestHead,
  type RequestHeadLimits,
  RequestHeadParser,
  type RequestHeadStep,
} from './request-head.ts';
import { ResponseHeadParser } from './response-head.ts';

const limits: RequestHeadLimits = {
  requestHeadBytesMax: 4096,
  requestTargetBytesMax: 1024,
  requestHeaderCountMax: 20,
};

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** Pushes pieces until one is answered with more than `need`. */
function parse(pieces: readonly Uint8Array[]): RequestHeadStep {
  const parser = new RequestHeadParser(limits);
  for (const piece of pieces) {
    const step = parser.push(piece);
    if (step.kind !== 'need') return step;
  }
  return { kind: 'need' };
}

function parseHead(text: string): RequestHead {
  const step = parse([bytes(text)]);
  if (step.kind !== 'head') throw new Error(`no head: ${JSON.stringify(step)}`);
  return step;
}

const sample =
  'GET /desktop/1/vnc/websockify?token=a%20b HTTP/1.1\r\n' +
  'Host: desk.example:8443\r\n' +
  'Connection: keep-alive, Upgrade\r\n' +
  'Upgrade: websocket\r\n' +
  'X-Twice: one\r\n' +
  'x-twice:\t two \t\r\n' +
  'X-Empty:\r\n' +
  'X-Latin: h\u00e4\r\n\r\n';

describe('a request head', () => {
  test('gives method, target, path, query, version and headers', () => {
    const head = parseHead(sample);
    expect(head.method).toBe('GET');
    expect(head.target).toBe('/desktop/1/vnc/websockify?token=a%20b');
    expect(head.path).toBe('/desktop/1/vnc/websockify');
    expect(head.query).toBe('token=a%20b');
    expect(head.version).toBe('1.1');
    expect(head.headBytes).toBe(sample.length);
    expect(head.headers.size).toBe(7);
    expect(head.headers.get('host')).toBe('desk.example:8443');
    expect(head.headers.get('x-twice')).toBe('one, two');
    expect(head.headers.getAll('x-twice')).toEqual(['one', 'two']);
    expect(head.headers.get('x-empty')).toBe('');
    expect(head.headers.get('x-latin')).toBe('h\u00e4');
    expect(head.headers.get('x-none')).toBeUndefined();
    expect(head.headers.hasToken('connection', 'upgrade')).toBe(true);
    expect(head.headers.hasToken('connection', 'up')).toBe(false);
  });

  test('reads the same when cut in two at any byte, and byte by byte', () => {
    const all = bytes(sample);
    const whole = parse([all]);
    for (let cut = 1; cut < all.length; cut++) {
      expect(parse([all.subarray(0, cut), all.subarray(cut)])).toEqual(whole);
    }
    expect(parse(Array.from(all, byte => Uint8Array.of(byte)))).toEqual(whole);
  });

  test('needs more for every prefix', () => {
    const all = bytes(sample);
    for (let end = 0; end < all.length; end++) expect(parse([all.subarray(0, end)]).kind).toBe('need');
  });

  test('leaves what follows it, and keeps every byte for whoever goes on with the connection', () => {
    const parser = new RequestHeadParser(limits);
    const all = bytes(`${sample}\x82\x01\x00\n\n`);
    parser.push(all.subarray(0, 30));
    const step = parser.push(all.subarray(30));
    expect(step.kind).toBe('head');
    expect(Buffer.compare(parser.received, all)).toBe(0);
  });

  test('may be the shortest one of HTTP/1.0', () => {
    const head = parseHead('GET / HTTP/1.0\r\n\r\n');
    expect([head.version, head.path, head.query, head.headers.size]).toEqual(['1.0', '/', '', 0]);
  });

  test('with any byte changed gives one of the three answers, the same for every cut', () => {
    const all = bytes(sample);
    fc.assert(
      fc.property(fc.nat(all.length - 1), fc.nat(255), fc.nat(all.length), (at, value, cut) => {
        const broken = all.slice();
        broken[at] = value;
        const whole = parse([broken]);
        expect(parse([broken.subarray(0, cut), broken.subarray(cut)])).toEqual(whole);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a request head is refused', () => {
  const line = 'GET / HTTP/1.1\r\n';
  const host = 'Host: a\r\n';
  const cases: readonly (readonly [why: string, reason: HeadRefusalReason, head: string])[] = [
    [
      'two Content-Length headers',
      'content_length',
      `${line}${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
    ],
    [
      'the same Content-Length twice',
      'content_length',
      `${line}${host}Content-Length: 1\r\nContent-Length: 1\r\n\r\n`,
    ],
    ['a list of lengths', 'content_length', `${line}${host}Content-Length: 1, 1\r\n\r\n`],
    ['a signed length', 'content_length', `${line}${host}Content-Length: +1\r\n\r\n`],
    ['a hexadecimal length', 'content_length', `${line}${host}Content-Length: 0x1\r\n\r\n`],
    ['an empty length', 'content_length', `${line}${host}Content-Length:\r\n\r\n`],
    [
      'a length beyond any number',
      'content_length',
      `${line}${host}Content-Length: ${'9'.repeat(16)}\r\n\r\n`,
    ],
    [
      'Content-Length and Transfer-Encoding',
      'two_lengths',
      `${line}${host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
    ],
    ['a transfer encoding but chunked', 'transfer_encoding', `${line}${host}Transfer-Encoding: gzip\r\n\r\n`],
    [
      'a list of transfer encodings',
      'transfer_encoding',
      `${line}${host}Transfer-Encoding: gzip, chunked\r\n\r\n`,
    ],
    ['an obscured chunked', 'transfer_encoding', `${line}${host}Transfer-Encoding: "chunked"\r\n\r\n`],
    [
      'Transfer-Encoding twice',
      'transfer_encoding',
      `${line}${host}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`,
    ],
    [
      'chunked in HTTP/1.0',
      'transfer_encoding',
      `GET / HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n`,
    ],
    ['a bare line feed after the request line', 'line_break', `GET / HTTP/1.1\n${host}\r\n`],
    ['a bare line feed after a header', 'line_break', `${line}Host: a\nX: b\r\n\r\n`],
    ['a bare carriage return', 'line_break', `${line}Host: a\rX: b\r\n\r\n`],
    ['two carriage returns before a line feed', 'line_break', `${line}Host: a\r\r\n\r\n`],
    ['a line feed at the start', 'line_break', `\n${line}${host}\r\n`],
    ['an empty line at the start', 'request_line', `\r\n${line}${host}\r\n`],
    ['a folded header', 'folded_header', `${line}${host}X: a\r\n b\r\n\r\n`],
    ['a header folded by a tab', 'folded_header', `${line}${host}X: a\r\n\tb\r\n\r\n`],
    ['white space before the first header', 'folded_header', `${line} Host: a\r\n\r\n`],
    ['a space before the colon', 'space_before_colon', `${line}${host}Content-Length : 5\r\n\r\n`],
    ['a tab before the colon', 'space_before_colon', `${line}${host}X\t: 5\r\n\r\n`],
    ['a header without a colon', 'header_name', `${line}${host}nonsense\r\n\r\n`],
    ['a header without a name', 'header_name', `${line}${host}: x\r\n\r\n`],
    ['a header name that is no token', 'header_name', `${line}${host}X(y): z\r\n\r\n`],
    ['a NUL in a value', 'control_character', `${line}${host}X: a\0b\r\n\r\n`],
    ['a control character in a name', 'control_character', `${line}${host}X\x01: b\r\n\r\n`],
    ['a DEL in the target', 'control_character', `GET /\x7f HTTP/1.1\r\n${host}\r\n`],
    ['the start of a TLS handshake', 'control_character', '\x16\x03\x01\x02\x00\x01'],
    ['a target in absolute form', 'target', `GET http://a/ HTTP/1.1\r\n${host}\r\n`],
    ['a target in authority form', 'target', `CONNECT a:443 HTTP/1.1\r\n${host}\r\n`],
    ['a target in asterisk form', 'target', `OPTIONS * HTTP/1.1\r\n${host}\r\n`],
    ['a fragment in the target', 'target', `GET /a#b HTTP/1.1\r\n${host}\r\n`],
    ['a byte over ASCII in the target', 'target', `GET /\xe4 HTTP/1.1\r\n${host}\r\n`],
    ['no target', 'request_line', `GET  HTTP/1.1\r\n${host}\r\n`],
    ['two spaces in the request line', 'request_line', `GET  / HTTP/1.1\r\n${host}\r\n`],
    ['a tab in the request line', 'request_line', `GET\t/ HTTP/1.1\r\n${host}\r\n`],
    ['a space at the end of the request line', 'request_line', `GET / HTTP/1.1 \r\n${host}\r\n`],
    ['HTTP/0.9', 'request_line', 'GET /\r\n\r\n'],
    ['a version that is none', 'request_line', `GET / http/1.1\r\n${host}\r\n`],
    ['a method that is no token', 'method', `G@T / HTTP/1.1\r\n${host}\r\n`],
    ['a method beyond any name', 'method', `${'A'.repeat(33)} / HTTP/1.1\r\n${host}\r\n`],
    ['HTTP/2', 'version', `PRI /x HTTP/2.0\r\n${host}\r\n`],
    ['HTTP/1.2', 'version', `GET / HTTP/1.2\r\n${host}\r\n`],
    ['no Host in HTTP/1.1', 'host_missing', `${line}X: a\r\n\r\n`],
    ['two Host headers', 'host_repeated', `${line}${host}host: b\r\n\r\n`],
    ['two hosts in one header', 'host', `${line}Host: a, b\r\n\r\n`],
    ['an empty Host', 'host', `${line}Host:\r\n\r\n`],
    ['a user in the Host', 'host', `${line}Host: a@b\r\n\r\n`],
    ['a path in the Host', 'host', `${line}Host: a/b\r\n\r\n`],
    ['a port that is no number', 'host', `${line}Host: a:b\r\n\r\n`],
  ];

  for (const [why, reason, head] of cases) {
    test(`for ${why}`, () => {
      expect(parse([bytes(head)])).toEqual(refuseHead(reason));
      expect(parse(Array.from(bytes(head), byte => Uint8Array.of(byte)))).toEqual(refuseHead(reason));
    });
  }

  test('no host that is one', () => {
    for (const name of ['a', 'a.b-c:8443', '127.0.0.1:1', '[::1]:8443', '[::1]', 'a:']) {
      expect(parseHead(`${line}Host: ${name}\r\n\r\n`).headers.get('host')).toBe(name);
    }
  });

  test('for a target over its limit, before its line is complete', () => {
    const most = `/${'a'.repeat(limits.requestTargetBytesMax - 1)}`;
    expect(parseHead(`GET ${most} HTTP/1.1\r\n${host}\r\n`).target).toBe(most);
    expect(parse([bytes(`GET ${most}a HTTP/1.1\r\n${host}\r\n`)])).toEqual(refuseHead('target_too_long'));
    expect(parse([bytes(`GET /${'a'.repeat(1100)}`)])).toEqual(refuseHead('target_too_long'));
  });

  test('over its limit of bytes, whether or not it would have ended', () => {
    const filler = (length: number): string => `X: ${'a'.repeat(length - line.length - host.length - 7)}\r\n`;
    const size = limits.requestHeadBytesMax;
    expect(parseHead(`${line}${host}${filler(size)}\r\n`).headBytes).toBe(size);
    const over = bytes(`${line}${host}${filler(size + 1)}\r\n`);
    expect(parse([over])).toEqual(refuseHead('head_too_large'));
    expect(parse([over.subarray(0, size)])).toEqual(refuseHead('head_too_large'));
  });

  test('over its limit of headers, before the empty line', () => {
    const fields = (count: number): string => 'X: y\r\n'.repeat(count - 1);
    expect(parseHead(`${line}${host}${fields(20)}\r\n`).headers.size).toBe(20);
    expect(parse([bytes(`${line}${host}${fields(21)}\r\n`)])).toEqual(refuseHead('too_many_headers'));
    expect(parse([bytes(`${line}${host}${fields(21)}`)])).toEqual(refuseHead('too_many_headers'));
  });

  test('with a complete response that ends the connection', () => {
    const { status, message } = refuseHead('head_timeout');
    const encode = refusalEncoder([['X-Standing', 'z']]);
    const text = Buffer.from(encode(status, message, { 'X-More': 'y' })).toString();
    const [head = '', body = ''] = text.split('\r\n\r\n');
    expect(head).toStartWith('HTTP/1.1 408 Request Timeout\r\n');
    expect(head).toContain('\r\nConnection: close');
    expect(head).toContain('\r\nX-Standing: z\r\nX-More: y');
    expect(head).toContain(`\r\nContent-Length: ${body.length}\r\n`);
    expect(JSON.parse(body)).toEqual({ error_message: 'the request head did not arrive in time' });
  });
});

describe('a response head', () => {
  const parseResponse = (text: string) => new ResponseHeadParser(limits).push(bytes(text));

  test('gives status and headers, with or without a reason phrase', () => {
    for (const phrase of [' Switching Protocols', ' ', '']) {
      const step = parseResponse(`HTTP/1.1 101${phrase}\r\nUpgrade: websocket\r\n\r\nrest`);
      if (step.kind !== 'head') throw new Error(`no head: ${JSON.stringify(step)}`);
      expect([step.status, step.headers.get('upgrade')]).toEqual([101, 'websocket']);
    }
  });

  test('is broken when it is no HTTP', () => {
    expect(parseResponse('RFB 003.008\n')).toEqual({ kind: 'broken', reason: 'line_break' });
    expect(parseResponse('SSH-2.0-x\r\n\r\n')).toEqual({ kind: 'broken', reason: 'status_line' });
    expect(parseResponse('HTTP/1.1 99 x\r\n\r\n')).toEqual({ kind: 'broken', reason: 'status_line' });
    expect(parseResponse('HTTP/1.1 200 x\r\nA b\r\n\r\n')).toEqual({ kind: 'broken', reason: 'header_name' });
    expect(parseResponse(`HTTP/1.1 200 ${'x'.repeat(5000)}`)).toEqual({
      kind: 'broken',
      reason: 'head_too_large',
    });
  });

  test('needs more until its empty line', () => {
    expect(parseResponse('HTTP/1.1 101 x\r\nA: b\r\n').kind).toBe('need');
  });
});
