/** Desktops and their agent are killed while streams run; and an engine that answers, but can't list its containers. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdir, readFile, rm } from 'node:fs/promises';
import { agentLabel, protocolLabel, sessionLabel } from '../../agent/runtime/container-spec.ts';
import { AgentLinkControl } from '../harness/agent-link-control.ts';
import { bunPath, startProcess } from '../harness/processes.ts';
import { ProgramStack, type StackSession, stackStartTimeMs } from '../harness/program-stack.ts';
import { needs } from '../harness/requirements.ts';
import { type DesktopFacts, handshakeRfb, readRawScreen } from '../harness/rfb-viewer.ts';
import type { StreamClient } from '../harness/stream-client.ts';
import { makeTempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';

describe.skipIf(!needs('desktop', 'embedded-postgres'))('while streams to real desktops run', () => {
  let stack: ProgramStack;

  beforeAll(async () => {
    stack = await ProgramStack.start();
  }, stackStartTimeMs);

  afterAll(() => stack?.[Symbol.asyncDispose](), stackStartTimeMs);

  /** A viewer that has seen the whole screen, and knows it. */
  class ScreenViewer implements AsyncDisposable {
    readonly stream: StreamClient;
    readonly #desktop: DesktopFacts;

    private constructor(stream: StreamClient, desktop: DesktopFacts) {
      this.stream = stream;
      this.#desktop = desktop;
    }

    static async open(session: StackSession): Promise<ScreenViewer> {
      const stream = await stack.open(session);
      return new ScreenViewer(stream, await handshakeRfb(stream));
    }

    /** Reads whole screens, every byte of which must be in its place. */
    async goesOn(): Promise<void> {
      for (let round = 0; round < 2; round++) {
        const screen = await readRawScreen(this.stream, this.#desktop);
        expect(screen.length).toBe(this.#desktop.width * this.#desktop.height * 4);
      }
    }

    async [Symbol.asyncDispose](): Promise<void> {
      await this.stream[Symbol.asyncDispose]();
    }
  }

  const xvncOf = (session: StackSession): Promise<number> =>
    waitFor('the X server to be found', async () => {
      for (const pid of await readdir('/proc')) {
        const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
        if (!environment.split('\0').includes(`SLUICE_SESSION=${session.sessionId}`)) continue;
        const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
        if (/^X(tiger)?vnc/.test(name)) return Number(pid);
      }
      return undefined;
    });

  const expectLaunches = async (): Promise<void> => {
    const session = await waitFor('a launch to work again', () => stack.launch(), 30_000);
    await using viewer = await ScreenViewer.open(session);
    await viewer.goesOn();
    await stack.call('destroy_kasm', { kasm_id: session.sessionId });
    await viewer.stream.ended();
  };

  test(
    'a killed desktop ends its own streams, which says why everywhere, and no others',
    async () => {
      const [dying, living] = [await stack.launch(), await stack.launch()];
      await using victim = await ScreenViewer.open(dying);
      await using other = await ScreenViewer.open(living);
      await victim.goesOn();
      process.kill(await xvncOf(dying), 'SIGKILL');
      const { code, reason } = await victim.stream.ended();
      expect([1000, 1011]).toContain(code);
      expect(reason).toMatch(/^the (desktop closed the connection|connection to the desktop was lost)/);
      const line = await stack.logged('gateway', 'stream closed', { sessionId: dying.sessionId });
      expect(line).toMatchObject({ side: 'upstream' });
      expect(String(line.closeReason)).toMatch(/^upstream_(closed|gone)$/);
      const audit = await readFile(stack.folder.file('gateway', 'audit.ndjson'), 'utf8').catch(() => '');
      expect(audit).toContain(`"sessionId":"${dying.sessionId}"`);
      const ended = await waitFor('the session to be gone', async () => {
        const status = await stack.statusOf(dying.sessionId);
        return status === 'running' ? undefined : status;
      });
      expect(ended).toMatch(/the desktop ended by itself/);
      await other.goesOn();
      expect(await stack.statusOf(living.sessionId)).toBe('running');
      await stack.call('destroy_kasm', { kasm_id: living.sessionId });
      await other.stream.ended();
      await expectLaunches();
    },
    stackStartTimeMs,
  );

  test(
    'viewers that all come back to one desktop at the same moment are all let in',
    async () => {
      const session = await stack.launch();
      // To the X server they all come from one address, which it would lock out after five.
      const viewers = await Promise.all(Array.from({ length: 16 }, () => ScreenViewer.open(session)));
      for (const viewer of viewers) expect(viewer.stream.closed).toBe(false);
      await viewers[15]?.goesOn();
      await stack.call('destroy_kasm', { kasm_id: session.sessionId });
      for (const viewer of viewers)
        expect((await viewer.stream.ended()).reason).toBe('the session has ended');
    },
    stackStartTimeMs,
  );

  test(
    'a killed agent takes its process desktops along when it is back, says so, and launches again',
    async () => {
      const session = await stack.launch();
      await using viewer = await ScreenViewer.open(session);
      await viewer.goesOn();
      await stack.kill('agent');
      const refused = await waitFor('launches to be refused', async () => {
        const { body } = await stack.call('get_images', {});
        const images = body.images as readonly { image_id: string; name: string }[];
        const image_id = images.find(({ name }) => name === 'sluice/desktop:1')?.image_id;
        const answer = await stack.call('request_kasm', { image_id });
        return answer.status === 409 ? String(answer.body.error_message) : undefined;
      });
      expect(refused).toContain('no agent is connected');
      await stack.startProgram('agent');
      const { reason } = await viewer.stream.ended(20_000);
      expect(reason.length).toBeGreaterThan(10);
      const status = await waitFor('the session to be gone', async () => {
        const said = await stack.statusOf(session.sessionId);
        return ['running', 'deleting'].includes(said) ? undefined : said;
      });
      expect(status).toContain('the desktop was gone when its agent came back');
      await expectLaunches();
    },
    stackStartTimeMs,
  );

  test(
    'an agent that lost its data folder serves launches again at once, as an agent of its own',
    async () => {
      const before = await stack.call('admin/get_agents', {});
      await stack.kill('agent');
      await rm(stack.folder.file('agent'), { recursive: true });
      await stack.startProgram('agent');
      const idsOf = (body: Readonly<Record<string, unknown>>): string[] =>
        (body.agents as readonly { agent_id: string }[]).map(agent => agent.agent_id);
      const after = await waitFor('the new agent to be known', async () => {
        const { body } = await stack.call('admin/get_agents', {});
        return idsOf(body).length === 1 && idsOf(body)[0] !== idsOf(before.body)[0] ? body : undefined;
      });
      expect(idsOf(after)).toHaveLength(1);
      await expectLaunches();
    },
    stackStartTimeMs,
  );
});

describe('an agent whose engine answers, but fails to list its containers', () => {
  const sessionId = crypto.randomUUID();

  /** Says at once that it has begun, and then never anything. */
  const eventsOfNothing = (): ReadableStream =>
    new ReadableStream({ start: stream => stream.enqueue(new TextEncoder().encode('{}\n')) });

  /** What an overloaded engine does, which no real one can be made to do; the wire is the engine's own HTTP API. */
  class FailingEngine implements AsyncDisposable {
    failing = true;
    agentId = '';
    readonly #server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      idleTimeout: 0,
      fetch: request => this.#answer(request),
    });

    get host(): string {
      return `tcp://127.0.0.1:${this.#server.port}`;
    }

    #answer(request: Request): Response {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname.endsWith('/_ping')) return new Response('OK');
      if (pathname.endsWith('/version')) return Response.json({ Version: '27.0', ApiVersion: '1.47' });
      if (pathname.endsWith('/events')) return new Response(eventsOfNothing());
      if (pathname.endsWith('/images/json')) return Response.json([]);
      if (pathname.endsWith('/containers/json')) {
        const filters = searchParams.get('filters') ?? '';
        this.agentId = /"sluice[^"]*=([0-9a-f-]{36})"/.exec(filters)?.[1] ?? this.agentId;
        if (!filters.includes('running')) return Response.json([]);
        if (this.failing) return Response.json({ message: 'the engine is too busy' }, { status: 500 });
        return Response.json([{ Id: 'c1' }]);
      }
      if (pathname.endsWith('/containers/c1/json')) {
        return Response.json({
          Id: 'c1',
          NetworkSettings: { Networks: { bridge: { IPAddress: '192.0.2.7' } } },
          Config: {
            Labels: { [agentLabel]: this.agentId, [sessionLabel]: sessionId, [protocolLabel]: 'rfb' },
            Env: ['VNC_PW=of-the-desktop'],
          },
        });
      }
      return Response.json({ message: 'not here' }, { status: 404 });
    }

    async [Symbol.asyncDispose](): Promise<void> {
      await this.#server.stop(true);
    }
  }

  test('has no runtime until it could, so that control ends no session whose desktop still runs', async () => {
    await using engine = new FailingEngine();
    await using control = new AgentLinkControl();
    await using folder = await makeTempFolder('agent');
    await Bun.write(folder.file('token'), `${control.welcome[0]}\n`);
    const config = {
      control: { url: control.url, enrolment_token_file: 'token' },
      data_dir: 'data',
      runtime: 'docker',
      docker: { host: engine.host },
    };
    await Bun.write(folder.file('agent.yaml'), JSON.stringify(config));
    const main = new URL('../../agent/main.ts', import.meta.url).pathname;
    await using _agent = await startProcess([bunPath, main, '--config', folder.file('agent.yaml')]);
    const first = await control.next('the first state', frame => frame.agentState);
    expect([first.runtime, first.desktops ?? []]).toEqual(['none', []]);
    expect(first.runtimeProblem).toContain("its running desktops can't be listed");
    engine.failing = false;
    const later = await control.next('a state with a runtime', ({ agentState }) =>
      agentState?.runtime === 'docker' ? agentState : undefined,
    );
    expect(later.desktops?.map(desktop => desktop.sessionId)).toEqual([sessionId]);
    const empty = control.frames.filter(
      ({ agentState }) => agentState?.runtime === 'docker' && !agentState.desktops?.length,
    );
    expect(empty).toEqual([]);
  });
});
