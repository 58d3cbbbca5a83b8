/** SIGUSR2 and SIGHUP: new processes take over, or a changed file takes force, while streams go on. */
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { connect } from 'node:tls';
import { clientCutText, keyEvent } from '../harness/rfb-viewer.ts';
import { requestStream, StreamClient } from '../harness/stream-client.ts';
import { waitFor } from '../harness/wait-for.ts';
import {
  isRunning,
  listen,
  otherSessionId,
  type PlacedStream,
  sessionId,
  sessionsFor,
  token,
  WorkerStage,
} from '../harness/worker-stage.ts';

setDefaultTimeout(60_000);

const restarted = 'restarted';
const retiring = 'worker retires: its streams go on for a while';

/** Bytes go both ways. */
async function expectAlive({ stream, desktop }: PlacedStream): Promise<void> {
  const keys = desktop.received.length;
  stream.send(keyEvent(0x61, true));
  await waitFor('the key press', () => desktop.received.length > keys);
  desktop.send(Buffer.of(2));
  expect([...(await stream.read(1))]).toEqual([2]);
}

describe('a restart', () => {
  let stage: WorkerStage;

  beforeAll(async () => {
    stage = await WorkerStage.start();
  });

  beforeEach(async () => {
    await stage.configure({ listen: listen({ drain_time_s: 600 }) });
  });

  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]();
  });

  const generationNow = (): number =>
    Math.max(...stage.gateway.logLines().map(line => Number(line.generation ?? 0)));

  test('lets streams go on where they are, and takes new ones in new processes', async () => {
    const both = await stage.openBoth();
    const old = both.map(({ pid }) => pid);
    await stage.signal('SIGUSR2', restarted);
    for (const placed of both) await expectAlive(placed);
    const fresh = await stage.openBoth();
    for (const { pid } of fresh) expect(old).not.toContain(pid);
    expect(await stage.health()).toMatchObject({ status: 'ok', streams: 4, workers: 2 });
    expect(await stage.metric('sluice_workers_retiring')).toBe(2);
    for (const { stream } of [...both, ...fresh]) await stream.close();
    await waitFor('the old processes to be gone', async () => {
      return !(await Promise.all(old.map(isRunning))).includes(true);
    });
    await waitFor('none to retire', async () => (await stage.metric('sluice_workers_retiring')) === 0);
    expect(await stage.metric('sluice_streams_opened_total')).toBe(stage.countOf('stream opened'));
    expect(await stage.metric('sluice_worker_deaths_total')).toBeNaN();
  });

  test('ends the streams that are left at the deadline, and says why', async () => {
    const placed = await stage.open();
    await stage.configure({ listen: listen({ drain_time_s: 1 }) });
    await stage.signal('SIGUSR2', restarted);
    await expectAlive(placed);
    expect(await placed.stream.ended()).toEqual({
      code: 1012,
      reason: 'the gateway restarts: connect again',
    });
    await waitFor('the old process to be gone', async () => !(await isRunning(placed.pid)));
  });

  test('cuts streams of the old processes as it does those of the new', async () => {
    const placed = await stage.open();
    await stage.signal('SIGUSR2', restarted);
    await stage.configure({ sessions: sessionsFor(stage.desktop).slice(1) });
    await stage.signal('SIGHUP', 'sessions were read again');
    expect(await placed.stream.ended()).toMatchObject({ code: 1000 });
    await stage.configure({});
    await stage.signal('SIGHUP', 'sessions were read again');
  });

  test('refuses no connection, however many come while it is under way', async () => {
    const load = new ConnectLoad(stage.gateway.port);
    const generation = generationNow();
    for (let round = 1; round <= 3; round++) {
      await stage.configure({ listen: listen({ drain_time_s: 0 }) });
      await stage.signal('SIGUSR2', restarted);
      const count = load.answered;
      await waitFor('answers of the new processes', () => load.answered > count + 20);
    }
    await load.stop();
    expect(generationNow()).toBe(generation + 3);
    expect(load.failures).toEqual([]);
    expect(load.answered).toBeGreaterThan(60);
  });

  test('serves what waits for workers that hang, and for workers that are killed', async () => {
    for (const end of ['SIGUSR2', 'SIGKILL'] as const) {
      const pids = [1, 2].map(worker => stage.pidOf(worker));
      for (const pid of pids) process.kill(pid, 'SIGSTOP');
      const calls = Array.from({ length: 8 }, () => ask(stage.gateway.port));
      await Promise.all(calls.map(call => call.connected));
      if (end === 'SIGUSR2') await stage.signal('SIGUSR2', restarted);
      else for (const pid of pids) process.kill(pid, 'SIGKILL');
      await Promise.all(calls.map(call => call.answered));
      if (end === 'SIGUSR2') for (const pid of pids) process.kill(pid, 'SIGCONT');
    }
    await waitFor('both workers', async () => (await stage.health()).workers === 2);
  });

  test('serves a connection that was there before once more, and then closes it', async () => {
    const socket = connect({ host: '127.0.0.1', port: stage.gateway.port, rejectUnauthorized: false });
    let text = '';
    let ended = false;
    socket.on('data', chunk => {
      text += chunk;
    });
    socket.on('end', () => {
      ended = true;
    });
    const ask = async (): Promise<string> => {
      text = '';
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
      return waitFor('the answer', () => (text.includes('"standalone"}') ? text : undefined));
    };
    expect(await ask()).not.toContain('Connection: close');
    const told = stage.countOf(retiring);
    await stage.signal('SIGUSR2', restarted);
    await waitFor('the old processes to know', () => stage.countOf(retiring) >= told + 2);
    expect(await ask()).toContain('Connection: close');
    await waitFor('the end of the connection', () => ended);
    socket.destroy();
  });

  test('can bring more workers, and fewer', async () => {
    for (const workers of [3, 2]) {
      await stage.configure({ listen: listen({ workers }) });
      await stage.signal('SIGUSR2', restarted);
      expect(await stage.health()).toMatchObject({ status: 'ok', workers });
    }
  });

  test('with fewer workers serves what waits for those that are no more', async () => {
    for (const workers of [3, 1, 2]) {
      const before = stage.countOf('worker listens');
      const pids = (await stage.health()).workers === 3 ? [2, 3].map(worker => stage.pidOf(worker)) : [];
      for (const pid of pids) process.kill(pid, 'SIGSTOP');
      const calls = Array.from({ length: pids.length * 8 }, () => ask(stage.gateway.port));
      await Promise.all(calls.map(call => call.connected));
      await stage.configure({ listen: listen({ workers }) });
      await stage.signal('SIGUSR2', restarted);
      const answers = await Promise.all(calls.map(call => call.answered.then(() => '', String)));
      expect(answers.filter(Boolean)).toEqual([]);
      for (const pid of pids) process.kill(pid, 'SIGCONT');
      expect(stage.countOf('worker listens')).toBe(before + workers);
      for (let count = 0; count < 8; count++) await ask(stage.gateway.port).answered;
    }
  });

  test('with a configuration that is wrong changes nothing, and says what is wrong', async () => {
    const refused = 'refused, all goes on as it was';
    const placed = await stage.open();
    const generation = generationNow();
    await stage.configure({ no_such_key: 1 });
    await stage.signal('SIGUSR2', refused);
    await stage.configure({ tls: { certificate: 'nowhere.pem', private_key: 'nowhere.key' } });
    await stage.signal('SIGUSR2', refused);
    await stage.configure({ data_dir: 'elsewhere' });
    await stage.signal('SIGUSR2', refused);
    const problems = stage.gateway
      .logLines()
      .filter(line => line.message === refused)
      .map(line => String(line.error));
    expect(problems[0]).toContain('unknown key no_such_key');
    expect(problems.some(problem => problem.includes('nowhere.pem'))).toBe(true);
    expect(problems.at(-1)).toContain('data_dir change');
    await expectAlive(placed);
    expect(generationNow()).toBe(generation);
    await placed.stream.close();
    await (await stage.open()).stream.close();
  });

  test('brings a worker back that died in the same moment', async () => {
    const before = stage.countOf('a worker died, starting it again');
    const placed = await stage.openWhere(({ worker }) => worker === 2);
    process.kill(placed.pid, 'SIGKILL');
    await stage.signal('SIGUSR2', restarted);
    await waitFor('both workers', async () => (await stage.health()).workers === 2);
    expect(stage.countOf('a worker died, starting it again')).toBe(before + 1);
    for (const { stream } of await stage.openBoth()) await stream.close();
  });
});

describe.each([1, 2])('a file that is read again, with %d processes', workers => {
  let stage: WorkerStage;
  const read = 'sessions were read again';

  beforeAll(async () => {
    stage = await WorkerStage.start({ listen: listen({ workers }) });
  });

  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]();
  });

  test('brings a changed policy to running streams', async () => {
    const { stream, desktop } = await stage.open();
    stream.send(clientCutText('allowed'));
    await waitFor('the copy', () => desktop.received.includes('allowed'));
    const settings = { allow_kasm_clipboard_up: false };
    await stage.configure({
      listen: listen({ workers }),
      sessions: sessionsFor(stage.desktop, { settings }),
    });
    await stage.signal('SIGHUP', read);
    let last = '';
    await waitFor('a copy to be dropped', async () => {
      last = `copy ${crypto.randomUUID()}`;
      const length = desktop.received.length;
      stream.send(clientCutText(last));
      stream.send(keyEvent(0x61, true));
      await waitFor('the key behind it', () =>
        desktop.received.subarray(length).includes(keyEvent(0x61, true)),
      );
      return !desktop.received.includes(last);
    });
    await stream.close();
  });

  test('cuts the streams of a session that is gone or has another token, and no others', async () => {
    const gone = await stage.open();
    const kept = await stage.open({ sessionId: otherSessionId });
    await stage.configure({ listen: listen({ workers }), sessions: sessionsFor(stage.desktop).slice(1) });
    await stage.signal('SIGHUP', read);
    expect(await gone.stream.ended()).toEqual({
      code: 1000,
      reason: 'the session was taken out of the configuration',
    });
    await expectAlive(kept);
    const answer = await requestStream({ port: stage.gateway.port, sessionId, token });
    expect(answer instanceof StreamClient ? 101 : answer.status).toBe(404);
    await stage.configure({
      listen: listen({ workers }),
      sessions: sessionsFor(stage.desktop, { token: 'another-token-4711' }),
    });
    await stage.signal('SIGHUP', read);
    expect(await kept.stream.ended()).toEqual({ code: 1008, reason: 'the token of the session was changed' });
  });

  test('names the keys that take more than that', async () => {
    await stage.configure({ listen: listen({ workers, drain_time_s: 7 }), trusted_proxies: ['192.0.2.1'] });
    await stage.signal('SIGHUP', read);
    const line = stage.gateway
      .logLines()
      .findLast(({ message }) => message.startsWith('these keys have changed'));
    expect(line?.name).toBe('listen, trusted_proxies');
  });

  test('brings limits and rates into force, and says so', async () => {
    const again = async (further: object): Promise<void> => {
      await stage.configure({ listen: listen({ workers }), ...further });
      await stage.signal('SIGHUP', read);
    };
    await again({});
    const placed = await stage.open();
    await again({
      limits: { streams_per_session: 1, unlimited_addresses: [] },
      rate_limits: { address: { requests: { per_second: 0.001, burst: 0 } }, entries: 1000 },
    });
    const line = (message: string) =>
      stage.gateway.logLines().findLast(found => found.message.startsWith(message))?.name;
    expect(line('these keys have changed and took force')).toBe('limits, rate_limits');
    expect(line('these keys have changed and take force at')).toBe('rate_limits.entries');
    await waitFor('the limit to hold', async () => (await statusOf(stage.gateway.port)) === 503);
    await waitFor('the rate to hold', async () => {
      return ask(stage.gateway.port).answered.then(
        () => false,
        error => String(error).includes('429'),
      );
    });
    await expectAlive(placed);
    await again({});
    await waitFor('the limit to be gone', async () => (await statusOf(stage.gateway.port)) === 101);
    await waitFor('the rate to be gone', () =>
      ask(stage.gateway.port).answered.then(
        () => true,
        () => false,
      ),
    );
    await placed.stream.close();
  });

  test('that is wrong changes nothing', async () => {
    await stage.configure({ listen: listen({ workers }) });
    await stage.signal('SIGHUP', read);
    const placed = await stage.open();
    await stage.configure({ sessions: 'none' });
    await stage.signal('SIGHUP', 'refused, all goes on as it was');
    await expectAlive(placed);
    await placed.stream.close();
    await (await stage.open()).stream.close();
  });
});

test('one process alone refuses to restart, and goes on', async () => {
  await using stage = await WorkerStage.start({ listen: listen({ workers: 1 }) });
  const placed = await stage.open();
  await stage.signal('SIGUSR2', 'refused, all goes on as it was');
  const line = stage.gateway.logLines().find(({ message }) => message.startsWith('refused'));
  expect(line?.error).toContain('listen.workers');
  await expectAlive(placed);
  await placed.stream.close();
});

/** What is answered to who asks for a stream; one that opens is closed again. */
async function statusOf(port: number): Promise<number> {
  const answer = await requestStream({ port, sessionId, token });
  if (!(answer instanceof StreamClient)) return answer.status;
  await answer.close();
  return 101;
}

/** Connects again and again, several at a time: TLS handshake, one request, its answer. */
class ConnectLoad {
  readonly failures: string[] = [];
  answered = 0;
  readonly #port: number;
  readonly #lanes: Promise<void>[];
  #stopped = false;

  constructor(port: number) {
    this.#port = port;
    this.#lanes = Array.from({ length: 8 }, () => this.#run());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#lanes);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await ask(this.#port).answered;
        this.answered += 1;
      } catch (error) {
        this.failures.push(String(error));
      }
    }
  }
}

/** One request on a connection of its own. */
function ask(port: number): { readonly connected: Promise<void>; readonly answered: Promise<void> } {
  const connected = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  let text = '';
  socket.on('connect', () => connected.resolve());
  socket.on('secureConnect', () =>
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
  );
  socket.on('data', chunk => {
    text += chunk;
  });
  socket.on('error', answered.reject);
  socket.on('close', () => {
    if (text.startsWith('HTTP/1.1 200') && text.includes('sluice gateway')) answered.resolve();
    else answered.reject(new Error(`answered ${JSON.stringify(text.slice(0, 80))}`));
  });
  return { connected: connected.promise, answered: answered.promise };
}
