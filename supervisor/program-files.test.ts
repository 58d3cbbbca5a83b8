import { expect, test } from 'bun:test';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { agentSchema } from '../config/agent.ts';
import { controlSchema } from '../config/control.ts';
import { gatewaySchema } from '../config/gateway.ts';
import { readConfig } from '../config/read-config.ts';
import { makeTempFolder } from '../test/harness/temp-folder.ts';
import { parseCommandLine, type StartOptions } from './command-line.ts';
import { openDataFolder } from './data-folder.ts';
import { programNames, readFirstPasswords, writeProgramFiles } from './program-files.ts';

const ports = { gateway: 1234, control: 2345 };

function optionsOf(...args: string[]): StartOptions {
  const commandLine = parseCommandLine(args);
  if (commandLine.kind !== 'start') throw new Error('these are no start options');
  return commandLine.options;
}

test('each program accepts the file written for it', async () => {
  await using temp = await makeTempFolder('a "quoted" folder: #1');
  await using folder = await openDataFolder(temp.path);
  const options = optionsOf(
    '--host',
    '::1',
    '--runtime',
    'process',
    '--no-install',
    '--docker-socket',
    '/x y/s',
  );
  const files = await writeProgramFiles(folder, options, ports);
  const gateway = await readConfig(files.config.gateway, gatewaySchema);
  const control = await readConfig(files.config.control, controlSchema);
  const agent = await readConfig(files.config.agent, agentSchema);
  expect(gateway.listen).toMatchObject({ host: '::1', port: 1234 });
  expect(control.listen).toEqual({ host: '127.0.0.1', port: 2345 });
  expect(agent).toMatchObject({
    runtime: 'process',
    process: { install: false },
    docker: { socket: '/x y/s' },
  });
  expect(agent.control.url).toBe('http://127.0.0.1:2345');
  expect(gateway.control).toEqual(agent.control);
  expect(control.enrolment_token_file).toBe(agent.control.enrolment_token_file);
  expect([gateway, control, agent].map(config => config.data_dir)).toEqual([
    temp.file('gateway'),
    temp.file('control'),
    temp.file('agent'),
  ]);
});

test('the files are for this user only, and the enrolment token stays the same', async () => {
  await using temp = await makeTempFolder('files');
  await using folder = await openDataFolder(temp.path);
  const files = await writeProgramFiles(folder, optionsOf(), ports);
  const tokenFile = temp.file('config', 'enrolment-token');
  const token = readFileSync(tokenFile, 'utf8');
  expect(token.trim()).toMatch(/^[\w-]{43}$/);
  for (const file of [tokenFile, ...programNames.map(name => files.config[name])]) {
    expect(statSync(file).mode & 0o777).toBe(0o600);
  }
  await writeProgramFiles(folder, optionsOf(), ports);
  expect(readFileSync(tokenFile, 'utf8')).toBe(token);
});

test('a log level above info is kept by the supervisor, not by the programs', async () => {
  await using temp = await makeTempFolder('files');
  await using folder = await openDataFolder(temp.path);
  const levelOf = async (level: string): Promise<string> => {
    const files = await writeProgramFiles(folder, optionsOf('--log-level', level), ports);
    return (await readConfig(files.config.control, controlSchema)).log.level;
  };
  expect(await levelOf('error')).toBe('info');
  expect(await levelOf('debug')).toBe('debug');
});

test('first passwords are read where control left them', async () => {
  await using temp = await makeTempFolder('files');
  expect(await readFirstPasswords(temp.file('none'))).toBeUndefined();
  writeFileSync(temp.file('some'), '{"a@b":"secret"}');
  expect([...((await readFirstPasswords(temp.file('some'))) ?? [])]).toEqual([['a@b', 'secret']]);
});
