import { afterEach, describe, expect, test } from 'bun:test';
import { limits } from '../../config/limits.ts';
import { clientAddress, HttpSideSetup } from '../../test/harness/http-side.ts';
import type { StreamEvent } from './event-stream.ts';
import type { EventsAuthorisation, HttpSideOptions } from './http-side.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';

const setup = new HttpSideSetup();
afterEach(() => setup.stop());

/** A session's events as a directory gives them, with a look at who listens. */
class Events {
  readonly listeners = new Set<(event: StreamEvent) => void>();
  readonly closers = new Set<() => void>();
  readonly requests: { token: string | undefined; address: string }[] = [];
  recent: StreamEvent[] = [];

  readonly authorise: HttpSideOptions['events']['authorise'] = async (
    request,
  ): Promise<EventsAuthorisation> => {
    this.requests.push({ token: request.token, address: request.address });
    if (request.token !== 'right') return { refusal: { status: 401, message: 'the token is not valid' } };
    return {
      subscribe: (listener, close) => {
        for (const event of this.recent) listener(event);
        this.listeners.add(listener);
        this.closers.add(close);
        return () => this.listeners.delete(listener);
      },
    };
  };

  publish(event: StreamEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

/** Reads an event stream until its text satisfies the condition, or its end. */
async function readUntil(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  enough: (text: string) => boolean,
): Promise<string> {
  let text = '';
  while (!enough(text)) {
    const { done, value } = await reader.read();
    if (done) return `${text}<end>`;
    text += Buffer.from(value).toString();
  }
  return text;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve));
}

describe('the events of a session', () => {
  const path = `/desktop/${sessionId}/events`;
  const listen = (base: string, signal?: AbortSignal): Promise<Response> =>
    fetch(`${base}${path}`, {
      headers: { Cookie: 'session_token=right' },
      ...(signal === undefined ? {} : { signal }),
    });

  test('come as server-sent events with JSON, after what happened in the last seconds', async () => {
    const events = new Events();
    events.recent = [{ type: 'keyboard' }];
    const answer = await listen(setup.start({ events }));
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const reader = answer.body!.getReader();
    expect(await readUntil(reader, text => text.includes('keyboard'))).toBe(
      `retry: ${limits.eventRetryMs}\n\ndata: {"type":"keyboard"}\n\n`,
    );
    events.publish({ type: 'clipboard' });
    expect(await readUntil(reader, text => text !== '')).toBe('data: {"type":"clipboard"}\n\n');
    await reader.cancel();
  });

  test('are refused with the status and the reason of the directory', async () => {
    const answer = await fetch(`${setup.start({ events: new Events() })}${path}`);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ error_message: 'the token is not valid' });
  });

  test('take the token from bearer, cookie or query and pass the true client address', async () => {
    const events = new Events();
    const base = setup.start({ events });
    await (await fetch(`${base}${path}`, { headers: { Authorization: 'Bearer one' } })).text();
    await (await fetch(`${base}${path}`, { headers: { Cookie: 'a=b; session_token=two' } })).text();
    await (await fetch(`${base}${path}?token=three`)).text();
    await (await fetch(`${base}${path}`)).text();
    expect(events.requests).toEqual(
      ['one', 'two', 'three', undefined].map(token => ({ token, address: clientAddress })),
    );
  });

  test('are read by GET only', async () => {
    const answer = await fetch(`${setup.start({ events: new Events() })}${path}?token=right`, {
      method: 'POST',
    });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
  });

  test('hold the connection with a heartbeat', async () => {
    const answer = await listen(setup.start({ events: new Events(), heartbeatMs: 5 }));
    const reader = answer.body!.getReader();
    expect(await readUntil(reader, text => text.split(': heartbeat').length > 3)).toContain(
      ': heartbeat\n\n',
    );
    await reader.cancel();
  });

  test('stop being listened to when the viewer goes', async () => {
    const events = new Events();
    const abort = new AbortController();
    const answer = await listen(setup.start({ events, heartbeatMs: 20 }), abort.signal);
    await readUntil(answer.body!.getReader(), text => text !== '');
    expect(events.listeners.size).toBe(1);
    abort.abort();
    await until(() => events.listeners.size === 0);
  });

  test('end when the directory closes them, after what was queued', async () => {
    const events = new Events();
    const reader = (await listen(setup.start({ events }))).body!.getReader();
    await readUntil(reader, text => text !== '');
    events.publish({ type: 'end' });
    for (const close of events.closers) close();
    expect(await readUntil(reader, () => false)).toBe('data: {"type":"end"}\n\n<end>');
    expect(events.listeners.size).toBe(0);
  });

  test('are limited in number for each session, and a closed one makes room', async () => {
    const events = new Events();
    const base = setup.start({ events, heartbeatMs: 20 });
    const aborts: AbortController[] = [];
    // Kept: the runtime hangs up on an answer that nobody holds any more.
    const answers: Response[] = [];
    for (let count = 0; count < limits.eventStreamsPerSessionMax; count++) {
      const abort = new AbortController();
      aborts.push(abort);
      answers.push(await listen(base, abort.signal));
    }
    expect(answers.map(answer => answer.status)).toEqual(aborts.map(() => 200));
    const refused = await listen(base);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await refused.json()).toEqual({
      error_message: 'the session has 16 event streams, the limit is 16',
    });
    aborts[0]!.abort();
    await until(() => events.listeners.size < limits.eventStreamsPerSessionMax);
    const abort = new AbortController();
    answers.push(await listen(base, abort.signal));
    expect(answers.map(answer => answer.status)).toEqual([...aborts, abort].map(() => 200));
    for (const each of [...aborts, abort]) each.abort();
  });

  test('are lost beyond the limit when the viewer does not read, and it is told how many', async () => {
    const events = new Events();
    const base = setup.start({ events });
    const reader = (await listen(base)).body!.getReader();
    await readUntil(reader, text => text !== '');
    const count = limits.eventsQueuedMax + 50;
    // In one turn: nothing can be written meanwhile.
    for (let index = 0; index < count; index++) events.publish({ type: 'pointer' });
    const text = await readUntil(reader, all => all.includes('lost'));
    expect(text.split('data: ').length - 1).toBe(limits.eventsQueuedMax);
    expect(text).toContain(': 50 events lost\n\n');
    await reader.cancel();
  });
});
