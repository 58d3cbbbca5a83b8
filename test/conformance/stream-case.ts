/**
 * Reads the cases in this folder's Markdown files. A case is a second-level heading, a sentence that says why,
 * and a fenced block marked `stream`, or several:
 *
 *     protocol kasmvnc                    default rfb
 *     form rfb                            the client's dialect; default: the protocol; `shown`: as it shows itself
 *     policy {"access": "view_only"}      default allows everything; later in the block: changes it
 *     encodings 7 -224                    what the client asked for before
 *     desktop QEMU                        what the server calls itself
 *     extended                            both sides have said that they know the extended clipboard
 *     raw                                 begin before the handshakes
 *     password secret                     the upstream's
 *     login name:secret                   the upstream's, for VeNCrypt
 *     wait 100                            milliseconds go by
 *     server 02                           bytes from the desktop: hexadecimal pairs and "text"
 *     client 04 01 0000 00000061          bytes from the client
 *     > client 02                         what must come out for it; nothing when not written
 *     > upstream …
 *     > event {"type": …}
 *     > error malformed mime              the bytes before are refused: kind, field
 *     > ended upstream_refused            the stream ends by itself
 *
 * `provide(FLAGS: bytes)` is what follows the padding of an extended clipboard message: negative length, flags, and the
 * bytes compressed.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { PolicyEvent } from '../../gateway/relay/stream-inspection.ts';
import type { RfbProtocol } from '../../gateway/rfb/numbers.ts';
import { WriteCursor } from '../../gateway/wire/write-cursor.ts';
import { bytesOf } from './rfb-bytes.ts';
import type { Side, StreamOptions } from './rfb-stream.ts';

export interface Step {
  readonly side: Side | 'policy' | 'wait';
  readonly bytes: Uint8Array;
  readonly policy: Record<string, unknown>;
  readonly waitMs: number;
  client: string;
  upstream: string;
  error: string;
  ended: string;
  readonly events: PolicyEvent[];
}

export interface Case {
  readonly title: string;
  readonly options: StreamOptions;
  readonly steps: readonly Step[];
}

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function parseBytes(notation: string): Uint8Array {
  const plain = notation.replace(/provide\(([0-9a-f]+):([^)]*)\)/g, (_, flags: string, inner: string) => {
    const packed = new Uint8Array(deflateSync(bytesOf(inner)));
    return hexOf(
      new WriteCursor()
        .u32(-4 - packed.length)
        .raw(bytesOf(flags))
        .raw(packed)
        .finish(),
    );
  });
  return bytesOf(plain);
}

function parseExpectation(step: Step, line: string): void {
  const [, kind, rest] = /^(\w+) (.*)$/.exec(line) ?? [];
  if (kind === 'client') step.client += hexOf(parseBytes(rest!));
  else if (kind === 'upstream') step.upstream += hexOf(parseBytes(rest!));
  else if (kind === 'event') step.events.push(JSON.parse(rest!) as PolicyEvent);
  else if (kind === 'error') step.error = rest!;
  else if (kind === 'ended') step.ended = rest!;
  else throw new Error(`not understood: > ${line}`);
}

function newStep(side: Step['side'], bytes: Uint8Array, policy: Record<string, unknown>): Step {
  return { side, bytes, policy, waitMs: 0, client: '', upstream: '', error: '', ended: '', events: [] };
}

function parseCase(title: string, block: string): Case {
  const options: { -readonly [Key in keyof StreamOptions]: StreamOptions[Key] } = {};
  const steps: Step[] = [];
  for (const line of block.split('\n').map(text => text.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const [, word, rest = ''] = /^(\S+) ?(.*)$/.exec(line) ?? [];
    if (word === '>') parseExpectation(steps.at(-1)!, rest);
    else if (word === 'server' || word === 'client') steps.push(newStep(word, parseBytes(rest), {}));
    else if (word === 'wait') steps.push({ ...newStep('wait', new Uint8Array(0), {}), waitMs: Number(rest) });
    else if (word === 'policy' && steps.length > 0) {
      steps.push(newStep('policy', new Uint8Array(0), JSON.parse(rest) as Record<string, unknown>));
    } else if (word === 'policy') options.policy = JSON.parse(rest) as Record<string, unknown>;
    else if (word === 'protocol') options.protocol = rest as RfbProtocol;
    else if (word === 'form') options.form = rest as RfbProtocol | 'shown';
    else if (word === 'encodings') options.encodings = rest.split(' ').map(Number);
    else if (word === 'desktop') options.desktop = rest;
    else if (word === 'password') options.password = rest;
    else if (word === 'login') options.login = rest;
    else if (word === 'raw') options.raw = true;
    else if (word === 'extended') options.extended = true;
    else throw new Error(`not understood: ${line}`);
  }
  return { title, options, steps };
}

function parseFile(markdown: string): Case[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .flatMap(section => {
      const title = section.slice(0, section.indexOf('\n')).trim();
      const blocks = [...section.matchAll(/^```stream\n([\s\S]*?)^```/gm)];
      if (blocks.length === 0) throw new Error(`no stream block under "${title}"`);
      return blocks.map(([, block], index) =>
        parseCase(index === 0 ? title : `${title} (${index + 1})`, block!),
      );
    });
}

/** The cases of each file, by the file's name without its ending. */
export async function readCases(): Promise<Map<string, readonly Case[]>> {
  const files = new Map<string, readonly Case[]>();
  for (const file of readdirSync(import.meta.dir)
    .filter(name => name.endsWith('.md'))
    .sort()) {
    files.set(file.replace('.md', ''), parseFile(await Bun.file(join(import.meta.dir, file)).text()));
  }
  return files;
}
