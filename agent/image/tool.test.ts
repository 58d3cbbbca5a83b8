import { describe, expect, test } from 'bun:test';
import { runTool } from './tool.ts';

describe('running a system tool', () => {
  test('gives the lines of its output and passes arguments as they are', async () => {
    expect(await runTool(['printf', '%s\\n', 'one $HOME', "two'"])).toEqual(['one $HOME', "two'"]);
  });

  test('asks no questions, in any language, and finds the tools of root', async () => {
    const [frontend, locale, path] = await runTool(['sh', '-c', 'echo "$DEBIAN_FRONTEND\n$LC_ALL\n$PATH"']);
    expect([frontend, locale]).toEqual(['noninteractive', 'C.UTF-8']);
    expect(path).toContain('/usr/sbin');
  });

  test('shows both outputs as they come', async () => {
    const seen: string[] = [];
    await runTool(['sh', '-c', 'echo out; echo err >&2'], line => seen.push(line));
    expect(seen.sort()).toEqual(['err', 'out']);
  });

  test('fails with what the tool said last', async () => {
    const failed = await runTool(['sh', '-c', 'echo no space >&2; exit 3']).catch(error => error.message);
    expect(failed).toBe('sh ended with 3: no space');
    expect(await runTool(['no-such-tool']).catch(error => error.message)).toContain('no-such-tool');
  });

  test('ends with the signal', async () => {
    const stop = new AbortController();
    const running = runTool(['sh', '-c', 'echo started; exec sleep 600'], () => stop.abort(), stop.signal);
    expect(await running.catch(error => error.name)).toBe('AbortError');
  });
});
