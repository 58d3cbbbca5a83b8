import { describe, expect, test } from 'bun:test';
import { silentLog } from '../config/log.ts';
import { waitFor } from '../test/harness/wait-for.ts';
import { DesktopTable } from './desktop-table.ts';
import {
  type DesktopOrder,
  type DesktopRuntime,
  DesktopStartError,
  type RunningDesktop,
} from './runtime/desktop-runtime.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';
const order: DesktopOrder = {
  sessionId,
  image: 'x:1',
  imageIsLocal: true,
  protocol: 'rfb',
  cores: 1,
  memoryBytes: 1,
  environment: {},
  hostname: 'desk',
  width: 1,
  height: 1,
};
const desktop: RunningDesktop = {
  sessionId,
  protocol: 'rfb',
  upstream: 'tcp://127.0.0.1:5901',
  authorization: undefined,
  password: undefined,
  tlsVerify: false,
  containerId: 'c',
  containerIp: '127.0.0.1',
};

/** A runtime whose starts and stops end when the test says so: what a real one cannot be asked for. */
class HandRuntime implements DesktopRuntime {
  readonly kind = 'docker';
  readonly version = '1';
  present: RunningDesktop[] = [];
  stopped: string[] = [];
  stopFailures = 0;
  readonly starting = Promise.withResolvers<RunningDesktop>();

  async desktops(): Promise<readonly RunningDesktop[]> {
    return this.present;
  }

  async images(): Promise<readonly string[]> {
    return [];
  }

  start(_: DesktopOrder, onProgress: Parameters<DesktopRuntime['start']>[1]): Promise<RunningDesktop> {
    onProgress({ phase: 'creating', message: 'creating', progress: 0 });
    return this.starting.promise;
  }

  async stop(id: string): Promise<void> {
    if (this.stopFailures > 0) {
      this.stopFailures -= 1;
      throw new Error('the engine is busy');
    }
    this.stopped.push(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function tableOf(runtime: () => DesktopRuntime | undefined): { table: DesktopTable; told: string[] } {
  const told: string[] = [];
  const table = new DesktopTable({
    runtime,
    problem: () => 'no engine',
    onProgress: ({ phase }) => told.push(`progress ${phase}`),
    onRunning: () => told.push('running'),
    onEnded: ({ cause, message }) => told.push(`${cause}: ${message}`),
    log: silentLog,
    stopAgainMs: 5,
  });
  return { table, told };
}

describe('the table of desktops', () => {
  test('tells a start that succeeds, and answers a second order for it', async () => {
    const runtime = new HandRuntime();
    const { table, told } = tableOf(() => runtime);
    table.start(order);
    table.start(order);
    expect(table.starting()).toEqual([{ sessionId, phase: 'creating', message: 'creating', progress: 0 }]);
    runtime.starting.resolve(desktop);
    await waitFor('the desktop to run', () => table.running().length === 1);
    table.start(order);
    expect(told).toEqual(['progress creating', 'progress creating', 'running', 'running']);
  });

  test('without a runtime an order fails with the reason', () => {
    const { table, told } = tableOf(() => undefined);
    table.start(order);
    expect(told).toEqual(['start_failed: this host cannot run desktops: no engine']);
    expect(table.size).toBe(0);
  });

  test('a start that fails leaves the table empty', async () => {
    const runtime = new HandRuntime();
    const { table, told } = tableOf(() => runtime);
    table.start(order);
    runtime.starting.reject(new DesktopStartError('no such image'));
    await waitFor('the failure to be told', () => told.includes('start_failed: no such image'));
    expect(table.size).toBe(0);
  });

  test('a stop that came too late for the start stops the desktop all the same', async () => {
    const runtime = new HandRuntime();
    const { table, told } = tableOf(() => runtime);
    table.start(order);
    table.stop(sessionId);
    runtime.starting.resolve(desktop);
    await waitFor('the end to be told', () => told.at(-1) === 'stopped: ');
    expect(runtime.stopped).toEqual([sessionId]);
  });

  test('a stop is tried until it succeeds, and told once', async () => {
    const runtime = new HandRuntime();
    runtime.present = [desktop];
    runtime.stopFailures = 3;
    const { table, told } = tableOf(() => runtime);
    await table.adopt(runtime);
    table.stop(sessionId);
    table.stop(sessionId);
    await waitFor('the end to be told', () => told.length > 0);
    expect(told).toEqual(['stopped: ']);
  });

  test('a stop while the engine is down waits for it', async () => {
    const runtime = new HandRuntime();
    runtime.present = [desktop];
    let current: DesktopRuntime | undefined = runtime;
    let asked = 0;
    const { table, told } = tableOf(() => {
      asked += 1;
      return current;
    });
    await table.adopt(runtime);
    current = undefined;
    table.stop(sessionId);
    await waitFor('several tries', () => asked >= 3);
    expect(told).toEqual([]);
    current = runtime;
    await waitFor('the end to be told', () => told.length > 0);
    expect(runtime.stopped).toEqual([sessionId]);
  });

  test('a desktop that control asks to stop and nobody knows is stopped already', async () => {
    const { table, told } = tableOf(() => undefined);
    table.stop(sessionId);
    await waitFor('the answer', () => told.length > 0);
    expect(told).toEqual(['stopped: ']);
  });

  test('the first runtime brings the desktops of an earlier process', async () => {
    const runtime = new HandRuntime();
    runtime.present = [desktop];
    const { table, told } = tableOf(() => runtime);
    await table.adopt(runtime);
    expect(table.running().map(running => running.sessionId)).toEqual([sessionId]);
    expect(told).toEqual([]);
  });

  test('a runtime that comes back without a desktop has ended it', async () => {
    const runtime = new HandRuntime();
    runtime.present = [desktop];
    const { table, told } = tableOf(() => runtime);
    await table.adopt(runtime);
    await table.adopt(new HandRuntime());
    expect(told).toEqual(['exited: the desktop ended while the Docker Engine was down']);
  });

  test('a runtime that comes back with a desktop given up meanwhile has it stopped', async () => {
    const runtime = new HandRuntime();
    const { table } = tableOf(() => runtime);
    await table.adopt(runtime);
    runtime.present = [desktop];
    await table.adopt(runtime);
    await waitFor('the left-over to be stopped', () => runtime.stopped.length > 0);
    expect(runtime.stopped).toEqual([sessionId]);
  });
});
