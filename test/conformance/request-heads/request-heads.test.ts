/**
 * Runs the cases in this folder's Markdown files against the TLS port of a gateway with a control behind it. A case is
 * a second-level heading, words that say why, and a block marked `head`: a request line by line, each ended by CR LF,
 * then what has to come of it.
 *
 *     > first 400              as the first request of a connection, which the front door reads itself
 *     > later 200 /first       as a later one, behind a request that was fine; and which path control hears to its end
 *     > later refused          with any status from 400 on, or by hanging up
 *
 * At a line's end `<LF>` stands in the place of CR LF and `<END>` for neither; in it `<CR>`, `<NUL>`, `<SP>`, `<TAB>`, `<VT>`, `<BEL>` and `<xff>` for
 * bytes, `<text*n>` for n times text. Behind every request goes one more; where the connection is still open; what is named
 * `/smuggled` never arrives.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { type GatewayProcess, startGatewayProcess } from '../../harness/gateway-process.ts';
import { makeTempFolder, type TempFolder } from '../../harness/temp-folder.ts';
import { waitFor } from '../../harness/wait-for.ts';

type Place = 'first' | 'later';

interface Case {
  readonly title: string;
  readonly request: Buffer;
  readonly expected: readonly { readonly place: Place; readonly status: string; readonly path: string }[];
}

const marks: Readonly<Record<string, string>> = {
  CR: '\r',
  LF: '\n',
  NUL: '\0',
  SP: ' ',
  TAB: '\t',
  VT: '\v',
  BEL: '\x07',
  xff: '\xff',
};

function expand(text: string): string {
  const bytes = text.replace(/<(CR|LF|NUL|SP|TAB|VT|BEL|xff)>/g, (_, name: string) => marks[name] ?? '');
  return bytes.replace(/<([^<>]+)\*(\d+)>/g, (_, each: string, count: string) => each.repeat(Number(count)));
}

function parseCase(title: string, block: string): Case {
  const lines = block.replace(/\n$/, '').split('\n');
  const expected = lines
    .filter(line => line.startsWith('> '))
    .map(line => {
      const [, place, status = '', path = ''] = /^> (first|later) (\d{3}|refused) ?(.*)$/.exec(line) ?? [];
      if (place !== 'first' && place !== 'later') throw new Error(`not understood under "${title}": ${line}`);
      return { place, status, path } as const;
    });
  if (expected.length === 0) throw new Error(`nothing is expected under "${title}"`);
  const request = lines
    .filter(line => !line.startsWith('> '))
    .map(line => (/<(LF|END)>$/.test(line) ? expand(line.replace('<END>', '')) : `${expand(line)}\r\n`))
    .join('');
  return { title, request: Buffer.from(request, 'latin1'), expected };
}

function readCases(file: string): Case[] {
  const [, ...sections] = readFileSync(join(import.meta.dir, file), 'utf8').split(/^## /m);
  return sections.map(section => {
    const title = section.slice(0, section.indexOf('\n')).trim();
    const block = /^```head\n([\s\S]*?)^```/m.exec(section)?.[1];
    if (block === undefined) throw new Error(`no head block under "${title}"`);
    return parseCase(title, block);
  });
}

const fine = 'GET /fine HTTP/1.1\r\nHost: desk.example\r\n\r\n';
const behind = 'GET /behind HTTP/1.1\r\nHost: desk.example\r\nConnection: close\r\n\r\n';

let folder: TempFolder;
let control: Bun.Server<undefined>;
let gateway: GatewayProcess;
let paths: string[] = [];

beforeAll(async () => {
  folder = await makeTempFolder('heads');
  await writeFile(folder.file('token'), 'an-enrolment-token');
  control = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === '/link') return new Response('no', { status: 503 });
      await request.arrayBuffer();
      paths.push(pathname);
      return new Response('answered', { headers: { 'Content-Type': 'text/plain' } });
    },
  });
  gateway = await startGatewayProcess({
    control: { url: `http://127.0.0.1:${control.port}`, enrolment_token_file: folder.file('token') },
  });
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await control?.stop(true);
  await folder?.[Symbol.asyncDispose]();
});

/** @returns the statuses of all answers, in order, when the gateway has hung up. */
async function send(request: Buffer, place: Place): Promise<string[]> {
  const socket = connect({ host: '127.0.0.1', port: gateway.port, rejectUnauthorized: false });
  let received = '';
  let closed = false;
  socket.on('data', chunk => {
    received += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
  });
  if (place === 'later') {
    socket.write(fine);
    await waitFor('the answer to the request before', () => received.includes('answered'));
    received = '';
    paths = [];
  }
  socket.write(request);
  try {
    // The last answer, and not the one that asks for the body: who sends a request before it is hung up on.
    await waitFor('an answer', () => closed || /HTTP\/1\.1 [2-5]\d{2}/.test(received), 5_000);
    if (!closed) socket.write(behind);
    await waitFor('the gateway to hang up', () => closed, 5_000);
  } finally {
    socket.destroy();
  }
  return [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status = '']) => status);
}

for (const file of readdirSync(import.meta.dir).filter(name => name.endsWith('.md'))) {
  const isFraming = file === 'framing.md' || file === 'lines.md';
  describe(`request-heads/${file}`, () => {
    for (const { title, request, expected } of readCases(file)) {
      for (const { place, status, path } of expected) {
        test(`${title}, ${place === 'first' ? 'first' : 'later'} on its connection`, async () => {
          paths = [];
          const statuses = await send(request, place);
          const first = statuses[0] ?? 'refused';
          if (status === 'refused') expect(first === 'refused' || Number(first) >= 400).toBe(true);
          else expect(first).toBe(status);
          expect(paths.filter(each => each !== '/behind').join(' ')).toBe(path);
          // What the front door can not read ends its connection.
          if (place === 'first' && isFraming && status.startsWith('4')) expect(statuses).toHaveLength(1);
        });
      }
    }
  });
}
