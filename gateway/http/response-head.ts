/** Incremental parser of an HTTP/1 response head, for the answer of an upstream to an upgrade request. Pure. */
import { HeadBuffer } from './head-buffer.ts';
import type { HeadRefusalReason } from './head-refusal.ts';
import { type HeaderFields, parseHeaderFields } from './header-fields.ts';

export interface ResponseHead {
  readonly kind: 'head';
  readonly status: number;
  readonly headers: HeaderFields;
  /** Bytes of the head, its empty line included: what follows in `received` is the new protocol. */
  readonly headBytes: number;
}

export type ResponseHeadStep =
  | { readonly kind: 'need' }
  | ResponseHead
  | { readonly kind: 'broken'; readonly reason: HeadRefusalReason | 'status_line' };

export interface ResponseHeadLimits {
  readonly requestHeadBytesMax: number;
  readonly requestHeaderCountMax: number;
}

const statusLinePattern = /^HTTP\/1\.[01] (\d{3})(?: .*)?$/;

export class ResponseHeadParser {
  readonly #buffer: HeadBuffer;
  readonly #headerCountMax: number;

  constructor(limits: ResponseHeadLimits) {
    this.#buffer = new HeadBuffer(limits.requestHeadBytesMax);
    this.#headerCountMax = limits.requestHeaderCountMax;
  }

  /** Every byte pushed so far: the head and what came after it. */
  get received(): Uint8Array {
    return this.#buffer.received;
  }

  /** Not to be called again once it answered anything but `need`. */
  push(chunk: Uint8Array): ResponseHeadStep {
    const step = this.#buffer.push(chunk);
    if (step.kind !== 'lines') return step;
    const [statusLine = '', ...fieldLines] = step.lines;
    const status = statusLinePattern.exec(statusLine)?.[1];
    if (status === undefined) return { kind: 'broken', reason: 'status_line' };
    const headers = parseHeaderFields(fieldLines, this.#headerCountMax);
    if (typeof headers === 'string') return { kind: 'broken', reason: headers };
    return { kind: 'head', status: Number(status), headers, headBytes: step.headBytes };
  }
}
