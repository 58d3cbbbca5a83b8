/** Several processes on one port: what holds for a session holds in all of them, and one that dies takes only its own. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { mainFile } from '../harness/gateway-process.ts';
import { enrolmentToken, LinkControl } from '../harness/link-control.ts';
import { bunPath, runToEnd } from '../harness/processes.ts';
import { clientCutText, keyEvent } from '../harness/rfb-viewer.ts';
import { requestStream, StreamClient } from '../harness/stream-client.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';
import { pushedMs, waitFor } from '../harness/wait-for.ts';
import {
  isRunning,
  otherSessionId,
  sessionId,
  sessionsFor,
  token,
  WorkerStage,
} from '../harness/worker-stage.ts';

setDefaultTimeout(60_000);

const policy = {
  settings: { allow_keyboard: true },
  data_loss_prevention: {
    clipboard: { client_to_server: { budget: { burst: 1000, per_hour: 0 } } },
  },
};

describe('sessions of the file', () => {
  let stage: WorkerStage;

  beforeAll(async () => {
    stage = await WorkerStage.start();
  });

  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]();
  });

  test('streams land in both workers, and bytes go both ways in each', async () => {
    const both = await stage.openBoth();
    expect(both[0].pid).not.toBe(both[1].pid);
    for (const { stream, desktop } of both) {
      stream.send(keyEvent(0x61, true));
      await waitFor('the key press', () => desktop.received.includes(keyEvent(0x61, true)));
      desktop.send(Buffer.of(2));
      expect([...(await stream.read(1))]).toEqual([2]);
    }
    expect(await stage.metric('sluice_worker_streams{worker="1"}')).toBe(1);
    expect(await stage.health()).toMatchObject({ status: 'ok', streams: 2, link: 'none', workers: 2 });
    for (const { stream } of both) await stream.close();
  });

  test('a limit of one stream is one over all workers, and free again when its worker dies', async () => {
    await using own = await WorkerStage.start({
      limits: { streams_per_session: 1 },
      log: { level: 'debug' },
    });
    const statuses = async (count: number): Promise<number[]> => {
      const answers = await Promise.all(
        Array.from({ length: count }, () => requestStream({ port: own.gateway.port, sessionId, token })),
      );
      const open = answers.filter(answer => answer instanceof StreamClient);
      const found = answers.map(answer => (answer instanceof StreamClient ? 101 : answer.status));
      for (const stream of open) await stream.close();
      return found.toSorted();
    };
    const first = await own.open();
    expect(await statuses(8)).toEqual(Array.from({ length: 8 }, () => 503));
    process.kill(first.pid, 'SIGKILL');
    await waitFor('the end of its stream', () => first.stream.closed);
    await waitFor('its place', async () => (await statuses(1))[0] === 101);
    const together = await waitFor('the place again', async () => {
      const found = await statuses(8);
      return found.includes(101) ? found : undefined;
    });
    expect(together.filter(status => status === 101)).toHaveLength(1);
  });

  test('numbers are those of all workers together', async () => {
    const opened = await stage.metric('sluice_streams_opened_total');
    const both = await stage.openBoth();
    const now = await stage.metric('sluice_streams_opened_total');
    expect(now).toBeGreaterThanOrEqual(opened + 2);
    expect(now).toBe(stage.countOf('stream opened'));
    await waitFor(
      'the two streams alone to be open',
      async () => (await stage.metric('sluice_streams')) === 2,
    );
    const resident = await stage.metric('process_resident_memory_bytes');
    expect(resident).toBeGreaterThan(await stage.metric('sluice_worker_resident_memory_bytes{worker="1"}'));
    for (const { stream } of both) await stream.close();
  });

  test('a budget that is spent in one worker is spent in the other', async () => {
    await stage.configure({ sessions: sessionsFor(stage.desktop, policy) });
    await stage.signal('SIGHUP', 'sessions were read again');
    const [one, two] = await stage.openBoth();
    one.stream.send(clientCutText('x'.repeat(900)));
    await waitFor('the copy', () => one.desktop.received.includes('x'.repeat(900)));
    const explain = async (): Promise<string> => {
      const answer = await fetch(`https://127.0.0.1:${stage.gateway.port}/desktop/${sessionId}/policy`, {
        headers: { Authorization: `Bearer ${token}` },
        tls: { rejectUnauthorized: false },
      });
      return answer.text();
    };
    // Once the parent knows of a copy that came too late, it has passed on what the first one spent.
    one.stream.send(clientCutText('y'.repeat(101)));
    await waitFor('the budget to be spent', async () => (await explain()).includes('"reason":"budget"'));
    two.stream.send(clientCutText('y'.repeat(101)));
    two.stream.send(keyEvent(0x61, true));
    await waitFor('the key behind it', () => two.desktop.received.includes(keyEvent(0x61, true)));
    expect(two.desktop.received.includes('y'.repeat(101))).toBe(false);
    for (const { stream } of [one, two]) await stream.close();
  });

  test('what policy did in one worker is told to a viewer that listens in another', async () => {
    const [one, two] = await stage.openBoth();
    const abort = new AbortController();
    const address = `https://127.0.0.1:${stage.gateway.port}/desktop/${sessionId}/events`;
    const listen = async (): Promise<{ text: string }> => {
      const heard = { text: '' };
      const answer = await fetch(address, {
        headers: { Authorization: `Bearer ${token}` },
        tls: { rejectUnauthorized: false },
        signal: abort.signal,
        // A connection of its own, that may come to either worker.
        keepalive: false,
      });
      void (async () => {
        for await (const chunk of answer.body!) heard.text += Buffer.from(chunk).toString();
      })().catch(() => {});
      return heard;
    };
    const listeners = await Promise.all(Array.from({ length: 8 }, listen));
    for (const [index, { stream }] of [one, two].entries()) {
      stream.send(clientCutText('z'.repeat(1001 + index)));
      await waitFor('all to hear it', () =>
        listeners.every(({ text }) => text.includes(`"bytes":${1001 + index}`)),
      );
    }
    abort.abort();
    for (const { stream } of [one, two]) await stream.close();
  });

  test('the audit trail of all workers is one file of whole lines', async () => {
    const both = await stage.openBoth();
    for (const { stream } of both) await stream.close();
    await waitFor('the ends of the streams', async () => (await stage.metric('sluice_streams')) === 0);
    const lines = (await readFile(`${stage.gateway.folder}/data/audit.ndjson`, 'utf8')).trimEnd().split('\n');
    const events = lines.map(line => (JSON.parse(line) as { event: string }).event);
    expect(events.filter(event => event === 'stream_opened')).toHaveLength(stage.countOf('stream opened'));
  });

  test('a worker that is killed takes its own streams with it, and no byte of the others', async () => {
    const [one, two] = await stage.openBoth();
    const message = rawUpdate(100, 100);
    two.desktop.send(message.subarray(0, 30_000));
    process.kill(one.pid, 'SIGKILL');
    await waitFor('the stream of the dead worker to end', () => one.stream.closed);
    two.desktop.send(message.subarray(30_000));
    expect((await two.stream.read(message.length)).equals(message)).toBe(true);
    await waitFor('the worker to be back', async () => {
      return stage.pidOf(1) !== one.pid && (await stage.health()).workers === 2;
    });
    expect(await stage.metric('sluice_worker_deaths_total')).toBe(1);
    expect(await stage.metric('sluice_streams_closed_total{reason="worker_lost"}')).toBe(1);
    expect(two.stream.closed).toBe(false);
    const again = await stage.openWhere(({ worker }) => worker === 1);
    expect(again.pid).not.toBe(one.pid);
    await again.stream.close();
    await two.stream.close();
  });

  test('what a worker had counted stays counted, and a budget spent before stays spent', async () => {
    const two = await stage.openWhere(({ worker }) => worker === 2);
    const opened = await stage.metric('sluice_streams_opened_total');
    process.kill(two.pid, 'SIGKILL');
    await waitFor('the worker to be back', async () => {
      return stage.pidOf(2) !== two.pid && (await stage.health()).workers === 2;
    });
    const again = await stage.openWhere(({ worker }) => worker === 2);
    expect(await stage.metric('sluice_streams_opened_total')).toBeGreaterThan(opened);
    again.stream.send(clientCutText('y'.repeat(101)));
    again.stream.send(keyEvent(0x62, true));
    await waitFor('the key behind it', () => again.desktop.received.includes(keyEvent(0x62, true)));
    expect(again.desktop.received.includes('y'.repeat(101))).toBe(false);
    await again.stream.close();
  });

  test('when the parent is killed, nothing is left behind', async () => {
    const { stream } = await stage.open();
    const pids = [1, 2].map(worker => stage.pidOf(worker));
    expect(await Promise.all(pids.map(isRunning))).toEqual([true, true]);
    stage.gateway.process.kill('SIGKILL');
    expect(await stream.ended()).toMatchObject({ code: 1001 });
    await waitFor('the workers to be gone', async () => {
      return !(await Promise.all(pids.map(isRunning))).includes(true);
    });
  });
});

describe('sessions of control', () => {
  let control: LinkControl;
  let folder: TempFolder;
  let stage: WorkerStage;
  const planted = 'Basic cGxhbnRlZDpzZWNyZXQ=';

  const policyJson = (up: boolean): string =>
    JSON.stringify({ access: 'full', settings: { allow_kasm_clipboard_up: up } });

  beforeAll(async () => {
    control = LinkControl.start();
    folder = await makeTempFolder('workers');
    await writeFile(folder.file('token'), `${enrolmentToken}\n`);
    stage = await WorkerStage.start({
      control: { url: control.url, enrolment_token_file: folder.file('token') },
    });
    await control.heard('gatewayState');
    for (const id of [sessionId, otherSessionId]) {
      control.answers.set(`${token}-${id}`, {
        grant: {
          sessionId: id,
          userId: 'user-alice',
          username: 'alice',
          protocol: 'rfb',
          upstream: `ws://127.0.0.1:${stage.desktop.port}/`,
          upstreamAuthorization: planted,
          upstreamTlsVerify: true,
          policyJson: policyJson(true),
          policyVersion: 1,
          access: 'full',
          tokenId: `token-${id}`,
        },
      });
    }
  });

  afterAll(async () => {
    for (const each of [stage, control, folder]) await each?.[Symbol.asyncDispose]();
  });

  const shown = { token: `${token}-${sessionId}` };

  test('are asked for over one link, whose credentials come through and into no log', async () => {
    const both = await stage.openBoth(shown);
    expect(stage.desktop.requests.at(-1)).toContain(`Authorization: ${planted}`);
    expect(control.frames.filter(frame => frame.hello)).toHaveLength(1);
    expect(stage.gateway.process.stdout).not.toContain(planted);
    for (const { stream } of both) await stream.close();
    await waitFor('control to hear of the ends', () => {
      const count = (kind: 'streamOpened' | 'streamClosed'): number =>
        control.frames.filter(frame => frame[kind]).length;
      return count('streamOpened') === count('streamClosed');
    });
  });

  test('a policy that control pushes takes force in every worker', async () => {
    const both = await stage.openBoth(shown);
    control.push({ policyChanged: { sessionId, policyJson: policyJson(false), policyVersion: 2 } });
    for (const { stream, desktop } of both) {
      let count = 0;
      await waitFor('a copy to be dropped', async () => {
        const text = `copy-${count++}`;
        stream.send(clientCutText(text));
        stream.send(keyEvent(0x61, true));
        const keys = count;
        await waitFor('the key behind it', () => countOf(desktop.received, keyEvent(0x61, true)) >= keys);
        return !desktop.received.includes(text);
      });
      await stream.close();
    }
  });

  test('a cut ends its streams in every worker at once, and only those', async () => {
    const both = await stage.openBoth(shown);
    const other = await stage.open({ sessionId: otherSessionId, token: `${token}-${otherSessionId}` });
    control.push({ streamsCut: { sessionId, cause: 'session_ended', message: 'the session was destroyed' } });
    for (const { stream } of both) {
      expect(await stream.ended(pushedMs)).toEqual({ code: 1000, reason: 'the session was destroyed' });
    }
    expect(other.stream.closeFrame).toBeUndefined();
    await other.stream.close();
  });

  test('SIGTERM closes streams in order and leaves no process', async () => {
    const { stream } = await stage.open(shown);
    const pids = [1, 2].map(worker => stage.pidOf(worker));
    stage.gateway.process.kill('SIGTERM');
    expect(await stream.ended()).toEqual({ code: 1001, reason: 'the gateway is stopping' });
    expect(await stage.gateway.process.exited()).toBe(0);
    expect(await Promise.all(pids.map(isRunning))).toEqual([false, false]);
  });
});

describe('a port', () => {
  const run = async (port: number): Promise<{ exitCode: number; stderr: string }> => {
    await using folder = await makeTempFolder('port');
    const file = folder.file('gateway.yaml');
    await writeFile(file, `listen: { host: 127.0.0.1, port: ${port}, workers: 2 }\nsessions: []\n`);
    return await runToEnd([bunPath, mainFile, '--config', file]);
  };

  test('that somebody has is refused with a sentence, as with one process', async () => {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { exitCode, stderr } = await run(port);
    expect(exitCode).toBe(1);
    expect(stderr.trim()).toBe(`gateway: can not listen on 127.0.0.1:${port}: the port is in use`);
    await new Promise(resolve => server.close(resolve));
  });

  test('that another gateway shares among its workers is not shared with a second one', async () => {
    await using stage = await WorkerStage.start();
    const { exitCode, stderr } = await run(stage.gateway.port);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('the port is in use');
  });
});

/** FramebufferUpdate (RFC 6143 section 7.6.1) of one rectangle of random pixels, Raw, 32 bits each. */
function rawUpdate(width: number, height: number): Buffer {
  const head = Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0, width, 0, height, 0, 0, 0, 0]);
  return Buffer.concat([head, crypto.getRandomValues(Buffer.alloc(width * height * 4))]);
}

function countOf(bytes: Buffer, part: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(part); at >= 0; at = bytes.indexOf(part, at + part.length)) count++;
  return count;
}
