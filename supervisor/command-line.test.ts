import { expect, test } from 'bun:test';
import { helpText, parseCommandLine } from './command-line.ts';

test('without options everything has a default', () => {
  expect(parseCommandLine([])).toEqual({
    kind: 'start',
    options: {
      dataDir: './data',
      host: '0.0.0.0',
      port: 8443,
      runtime: 'auto',
      install: true,
      dockerSocket: undefined,
      logLevel: 'info',
    },
  });
});

test('every option is taken, with a blank or an equals sign', () => {
  const args = ['--data-dir', 'd', '--host=::1', '--port', '0', '--runtime=docker', '--no-install'];
  expect(parseCommandLine([...args, '--docker-socket', '/s', '--log-level', 'debug'])).toEqual({
    kind: 'start',
    options: {
      dataDir: 'd',
      host: '::1',
      port: 0,
      runtime: 'docker',
      install: false,
      dockerSocket: '/s',
      logLevel: 'debug',
    },
  });
});

test('help is asked for in two ways, and names every option', () => {
  expect(parseCommandLine(['--help'])).toEqual({ kind: 'help' });
  expect(parseCommandLine(['--port', '1', '-h'])).toEqual({ kind: 'help' });
  for (const name of [
    'data-dir',
    'port',
    'host',
    'runtime',
    'docker-socket',
    'no-install',
    'log-level',
    'help',
  ]) {
    expect(helpText).toContain(`--${name}`);
  }
});

test.each([
  [['--prot', '1'], 'unknown option --prot, did you mean --port?'],
  [['--datadir=d'], 'unknown option --datadir, did you mean --data-dir?'],
  [['--frobnicate'], 'unknown option --frobnicate (--help lists all)'],
  [['-p', '1'], 'unknown option -p (--help lists all)'],
  [['--port'], 'option --port needs a value'],
  [['--port='], 'option --port needs a value'],
  [['--data-dir', '--port'], 'option --data-dir needs a value'],
  [['--no-install=yes'], 'option --no-install takes no value'],
  [['--port', '65536'], '--port 65536: a port is a number from 0 to 65535'],
  [['--port', '1e3'], '--port 1e3: a port is a number from 0 to 65535'],
  [['--port=-1'], '--port -1: a port is a number from 0 to 65535'],
  [['--runtime', 'podman'], '--runtime podman: must be one of auto, docker, process'],
  [['--log-level', 'loud'], '--log-level loud: must be one of debug, info, warn, error'],
  [['data'], 'unexpected argument data'],
])('%p is refused: %s', (args, message) => {
  expect(parseCommandLine(args)).toEqual({ kind: 'error', message });
});
