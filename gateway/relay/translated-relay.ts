import type { ClientSplitter } from '../rfb/client-splitter.ts';
import { type RfbProtocol, serverMessages } from '../rfb/numbers.ts';
import { isJudgedServerMessage } from '../rfb/server-message.ts';
import type { ServerSplitter } from '../rfb/server-splitter.ts';
import type { Judgement } from './rfb-clipboard-judge.ts';
import type { SpanList } from './span-list.ts';
import type { ClientMail, Translation } from './translation.ts';

interface Judge {
  judge(bytes: Uint8Array, start: number, end: number, skippedBytes: number): Judgement;
}

export interface TranslatedRelayParts {
  readonly client: ClientSplitter;
  readonly clientJudge: Judge;
  readonly server: ServerSplitter;
  readonly serverJudge: Judge;
  /** The server's dialect; the client speaks the other. */
  readonly serverProtocol: RfbProtocol;
  readonly translation: Translation;
  readonly mail: ClientMail;
  readonly toUpstream: SpanList;
  readonly toClient: SpanList;
}

/**
 * Relays a stream whose two sides speak different dialects. Each message is judged once, in the form it came
 * in, and then translated. Pixels pass as they arrive, as in a stream of one dialect.
 */
export class TranslatedRelay {
  readonly #parts: TranslatedRelayParts;

  constructor(parts: TranslatedRelayParts) {
    this.#parts = parts;
  }

  fromClient(chunk: Uint8Array, start: number, end: number): void {
    const { client, clientJudge, translation, server, mail, toClient } = this.#parts;
    client.push(chunk, start, end);
    while (client.next()) {
      const { message } = client;
      const { bytes, start: from, end: to, skippedBytes } = message;
      const judgement = clientJudge.judge(bytes, from, to, skippedBytes);
      if (judgement === 'pass') translation.fromClient(message.bytes, message.start, message.end);
      else if (judgement !== 'drop') translation.fromClient(judgement, 0, judgement.length);
    }
    if (server.passedWholeMessages) mail.deliver(toClient);
  }

  /** @returns true when the whole chunk passes as it stands; else what passes of it is in `toClient`. */
  fromUpstream(chunk: Uint8Array, start: number, end: number): boolean {
    const { server, mail, toClient } = this.#parts;
    let unchanged = toClient.byteLength === 0;
    let passFrom = start;
    server.push(chunk, start, end);
    while (server.next()) {
      unchanged = false;
      toClient.add(chunk, passFrom, server.passedTo);
      if (server.edit !== undefined) toClient.add(server.edit);
      else this.#heldMessage();
      passFrom = server.at;
    }
    if (unchanged && mail.isEmpty && server.passedTo === end) return true;
    const between = server.passedWholeMessages ? server.passedTo : server.lastMessageAt;
    if (!mail.isEmpty && between >= passFrom) {
      toClient.add(chunk, passFrom, between);
      mail.deliver(toClient);
      passFrom = between;
    }
    toClient.add(chunk, passFrom, server.passedTo);
    return false;
  }

  #heldMessage(): void {
    const { server, serverJudge, serverProtocol, translation, mail, toClient } = this.#parts;
    const { bytes, start, end, skippedBytes } = server.message;
    const isFence = bytes[start] === serverMessages.serverFence;
    const isJudged = isFence || isJudgedServerMessage(bytes[start]!, serverProtocol);
    const judgement = isJudged ? serverJudge.judge(bytes, start, end, skippedBytes) : 'pass';
    if (judgement === 'pass' && isFence) toClient.add(bytes.slice(start, end));
    else if (judgement === 'pass') translation.fromServer(bytes, start, end);
    else if (judgement !== 'drop') translation.fromServer(judgement, 0, judgement.length);
    mail.deliver(toClient);
  }
}
