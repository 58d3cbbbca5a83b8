/**
 * Incremental parser of one HTTP/1 request head, RFC 9112. Pure. It only has to be good enough to route the first
 * request of a connection, but it is strict where parsers differ: whatever could be read in two ways is refused,
 * for the bytes are spliced to another parser behind it.
 *
 *     const parser = new RequestHeadParser(limits);
 *     const step = parser.push(chunk);     // need | head | refused; not to be called again after head or refused
 *     parser.received                      // every byte so far, the head included, to be spliced on untouched
 */
import { HeadBuffer } from './head-buffer.ts';
import { type HeadRefusal, type HeadRefusalReason, refuseHead } from './head-refusal.ts';
import { type HeaderFields, parseHeaderFields, tokenPattern } from './header-fields.ts';

export interface RequestHead {
  readonly kind: 'head';
  readonly method: string;
  /** As sent: path and query. */
  readonly target: string;
  /** As sent, before the question mark; percent escapes are left as they are. */
  readonly path: string;
  /** After the question mark; empty without one. */
  readonly query: string;
  readonly version: '1.0' | '1.1';
  readonly headers: HeaderFields;
  /** Bytes of the head, its empty line included: what follows in `received` is body or the next protocol. */
  readonly headBytes: number;
}

export type RequestHeadStep = { readonly kind: 'need' } | RequestHead | HeadRefusal;

export interface RequestHeadLimits {
  readonly requestHeadBytesMax: number;
  readonly requestTargetBytesMax: number;
  readonly requestHeaderCountMax: number;
}

/** Room for the method, the version and spaces beside the target in a first line that is not yet complete. */
const firstLineRoomBytes = 64;
const methodCharsMax = 32;
const versionPattern = /^HTTP\/\d\.\d$/;
/** Visible ASCII but no fragment, RFC 9112 section 3.2.1. */
const targetPattern = /^\/[!"$-~]*$/;
/** A host or bracketed address with an optional port, RFC 9110 section 7.2. */
const hostPattern = /^(?:[A-Za-z0-9._~!$&'()*+;=%-]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/;

export class RequestHeadParser {
  readonly #limits: RequestHeadLimits;
  readonly #buffer: HeadBuffer;

  constructor(limits: RequestHeadLimits) {
    this.#limits = limits;
    this.#buffer = new HeadBuffer(limits.requestHeadBytesMax);
  }

  /** Every byte pushed so far: the head and what came after it. */
  get received(): Uint8Array {
    return this.#buffer.received;
  }

  push(chunk: Uint8Array): RequestHeadStep {
    const step = this.#buffer.push(chunk);
    const buffer = this.#buffer;
    if (buffer.lines.length === 0 && this.#firstLineTooLong(buffer.openLineBytes)) {
      return refuseHead('target_too_long');
    }
    if (step.kind === 'broken') return refuseHead(step.reason);
    if (step.kind === 'need') {
      if (buffer.lines.length > this.#limits.requestHeaderCountMax + 1) return refuseHead('too_many_headers');
      return step;
    }
    const head = this.#parseHead(step.lines, step.headBytes);
    return typeof head === 'string' ? refuseHead(head) : head;
  }

  #firstLineTooLong(bytes: number): boolean {
    return bytes > this.#limits.requestTargetBytesMax + firstLineRoomBytes;
  }

  #parseHead(lines: readonly string[], headBytes: number): RequestHead | HeadRefusalReason {
    const [first = '', ...fieldLines] = lines;
    const parts = first.split(' ');
    const [method = '', target = '', version = ''] = parts;
    if (parts.length !== 3 || target === '') return 'request_line';
    if (method.length > methodCharsMax || !tokenPattern.test(method)) return 'method';
    if (target.length > this.#limits.requestTargetBytesMax) return 'target_too_long';
    if (!targetPattern.test(target)) return 'target';
    if (!versionPattern.test(version)) return 'request_line';
    if (version !== 'HTTP/1.1' && version !== 'HTTP/1.0') return 'version';
    const headers = parseHeaderFields(fieldLines, this.#limits.requestHeaderCountMax);
    if (typeof headers === 'string') return headers;
    const broken = checkHost(headers, version) ?? checkLength(headers, version);
    if (broken !== undefined) return broken;
    const mark = target.indexOf('?');
    return {
      kind: 'head',
      method,
      target,
      path: mark < 0 ? target : target.slice(0, mark),
      query: mark < 0 ? '' : target.slice(mark + 1),
      version: version === 'HTTP/1.1' ? '1.1' : '1.0',
      headers,
      headBytes,
    };
  }
}

/** RFC 9112, section 3.2. */
function checkHost(headers: HeaderFields, version: string): HeadRefusalReason | undefined {
  const hosts = headers.getAll('host');
  if (hosts.length > 1) return 'host_repeated';
  const [host] = hosts;
  if (host === undefined) return version === 'HTTP/1.1' ? 'host_missing' : undefined;
  return hostPattern.test(host) ? undefined : 'host';
}

/** RFC 9112, section 6: one way to tell where the body ends, written in the one way every parser reads alike. */
function checkLength(headers: HeaderFields, version: string): HeadRefusalReason | undefined {
  const lengths = headers.getAll('content-length');
  const encodings = headers.getAll('transfer-encoding');
  if (lengths.length > 0 && encodings.length > 0) return 'two_lengths';
  if (lengths.length > 1 || !/^\d{1,15}$/.test(lengths[0] ?? '0')) return 'content_length';
  if (encodings.length === 0) return undefined;
  const chunked = encodings.length === 1 && encodings[0]?.toLowerCase() === 'chunked';
  return chunked && version === 'HTTP/1.1' ? undefined : 'transfer_encoding';
}
