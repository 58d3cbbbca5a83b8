/**
 * What a gateway's parent process and its workers tell each other, over the IPC channel of `Bun.spawn`: one JSON text
 * a message, at most `limits.workerMessageCharsMax` characters. Messages hold secrets (tokens, credentials of
 * upstreams), so none of them is ever logged.
 */
import type { GatewayConfig } from '../../config/gateway.ts';
import type { ConnectionId } from '../../config/ids.ts';
import { limits } from '../../config/limits.ts';
import type { LedgerKind } from '../policy/policy-state.ts';
import type { Decided, Decision } from '../session/decision-log.ts';
import type { Authorisation, AuthorisationRequest, Cut, PolicyChange } from '../session/grant.ts';
import type { SessionEvent } from '../session/session-events.ts';
import type { GrantText } from './grant-text.ts';

/** Told by the parent with `start`: after an update, new workers may meet an old parent. */
export const protocolVersion = 3;

/** Something of a session passed in another worker, or in one that is gone. */
export interface SpendEntry {
  readonly sessionId: string;
  /** Clipboard in a direction, or keys. */
  readonly kind: LedgerKind;
  /** Bytes; presses for keys. */
  readonly amount: number;
  /** How long ago. */
  readonly ageMs: number;
}

export interface EventEntry {
  readonly sessionId: string;
  readonly event: SessionEvent;
}

/** Of a worker's streams; `lost`: how many more there were than are told. */
export interface EventsText {
  readonly events: readonly EventEntry[];
  readonly lost: number;
}

export interface StartMessage {
  readonly kind: 'start';
  readonly protocol: number;
  /** Without its sessions: who may open what is asked of the parent. */
  readonly config: GatewayConfig;
  readonly worker: number;
  readonly generation: number;
  /** How many serve the port. */
  readonly workers: number;
  readonly endpoint: {
    readonly host: string;
    readonly port: number;
    readonly fd: number;
    readonly furtherFds: readonly number[];
  };
  /** How often it says that it is well. */
  readonly reportMs: number;
  /** Base64: the key of the hashes in the audit trail, the same in all workers. */
  readonly hashKey: string;
}

export type AuthorisationText =
  | { readonly grant: GrantText }
  | Extract<Authorisation, { readonly refusal: string }>;

export type ToWorker =
  | StartMessage
  | { readonly kind: 'authorised'; readonly id: number; readonly answer: AuthorisationText }
  | { readonly kind: 'decisions'; readonly id: number; readonly decisions: readonly Decision[] }
  | { readonly kind: 'cut'; readonly cut: Cut }
  | { readonly kind: 'policy'; readonly change: PolicyChange }
  | { readonly kind: 'spent'; readonly spent: readonly SpendEntry[] }
  | { readonly kind: 'events'; readonly events: readonly EventEntry[] }
  | { readonly kind: 'report' }
  | { readonly kind: 'reload'; readonly config: GatewayConfig }
  | { readonly kind: 'retire'; readonly drainMs: number }
  | { readonly kind: 'stop' };

export interface StreamEntry {
  readonly connectionId: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly channel: string;
  readonly address: string;
  readonly openedAtMs: number;
}

export interface WorkerReport {
  /** Prometheus text. */
  readonly metrics: string;
  readonly residentBytes: number;
  readonly cpuSeconds: number;
}

export type ToParent =
  | { readonly kind: 'listening' }
  /** It could not start. `mendable`: an operator can do something about it. */
  | { readonly kind: 'failed'; readonly message: string; readonly mendable: boolean }
  | { readonly kind: 'authorise'; readonly id: number; readonly request: AuthorisationRequest }
  /** It was granted, and its stream will not open. */
  | { readonly kind: 'unopened'; readonly connectionId: ConnectionId }
  | { readonly kind: 'decisionsOf'; readonly id: number; readonly sessionId: string }
  | { readonly kind: 'opened'; readonly stream: StreamEntry }
  /** With what happened up to its end and was not told yet. */
  | ({
      readonly kind: 'closed';
      readonly connectionId: string;
      readonly reason: string;
      readonly toClient: number;
      readonly toUpstream: number;
    } & EventsText)
  | { readonly kind: 'spent'; readonly spent: readonly SpendEntry[] }
  | ({ readonly kind: 'events' } & EventsText)
  | { readonly kind: 'decided'; readonly sessionId: string; readonly decided: Decided }
  | { readonly kind: 'listens'; readonly sessionId: string; readonly listening: boolean }
  | ({ readonly kind: 'report' } & WorkerReport)
  /** The last there is. */
  | { readonly kind: 'bye' };

const toWorkerKinds: Readonly<Record<ToWorker['kind'], true>> = {
  start: true,
  authorised: true,
  decisions: true,
  cut: true,
  policy: true,
  spent: true,
  events: true,
  report: true,
  reload: true,
  retire: true,
  stop: true,
};

const toParentKinds: Readonly<Record<ToParent['kind'], true>> = {
  listening: true,
  failed: true,
  authorise: true,
  decisionsOf: true,
  opened: true,
  unopened: true,
  closed: true,
  spent: true,
  events: true,
  decided: true,
  listens: true,
  report: true,
  bye: true,
};

/** The other end does not keep to these messages: it is not what we started, or not of this version. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
}

/** @throws MessageError */
export const parseToWorker = (text: unknown): ToWorker => parse(text, toWorkerKinds);

/** @throws MessageError */
export const parseToParent = (text: unknown): ToParent => parse(text, toParentKinds);

/** @throws MessageError when the message is over the limit: the other end would refuse it. */
export function encodeMessage(message: ToWorker | ToParent): string {
  const text = JSON.stringify(message);
  if (text.length > limits.workerMessageCharsMax) {
    throw new MessageError(
      `a message ${message.kind} has ${text.length} characters, the limit is ${limits.workerMessageCharsMax}`,
    );
  }
  return text;
}

/** The two ends are one program: the kind is checked, and the size; the fields are what the kind promises. */
function parse<Message extends { readonly kind: string }>(
  text: unknown,
  kinds: Readonly<Record<Message['kind'], true>>,
): Message {
  if (typeof text !== 'string') throw new MessageError('a message is no text');
  if (text.length > limits.workerMessageCharsMax) {
    throw new MessageError(
      `a message has ${text.length} characters, the limit is ${limits.workerMessageCharsMax}`,
    );
  }
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw new MessageError('a message is no JSON');
  }
  const kind =
    typeof message === 'object' && message !== null && 'kind' in message ? message.kind : undefined;
  if (typeof kind !== 'string' || !Object.hasOwn(kinds, kind)) {
    throw new MessageError('a message is of a kind this version does not know');
  }
  return message as Message;
}
