import { describe, expect, test } from 'bun:test';
import type { z } from 'zod';
import { agentSchema } from './agent.ts';
import { controlSchema } from './control.ts';
import { gatewaySchema } from './gateway.ts';
import { ConfigError, parseConfig, readConfig } from './read-config.ts';

function problemsOf<T>(text: string, schema: z.ZodType<T>): readonly string[] {
  try {
    parseConfig('f.yaml', text, schema);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const session = `
sessions:
  - id: 11111111-1111-4111-8111-111111111111
    token: some-secret-of-16-or-more-characters
    protocol: kasmvnc
    upstream: ws://127.0.0.1:6901/websockify
`;

describe('a configuration file', () => {
  test('of a standalone gateway takes the defaults it does not name', () => {
    const config = parseConfig('f.yaml', session, gatewaySchema);
    expect(config.listen).toEqual({
      host: '0.0.0.0',
      port: 8443,
      workers: 1,
      drain_time_s: 600,
      proxy_protocol: false,
      plain_http: false,
    });
    expect(config.sessions?.[0]).toMatchObject({ access: 'full', protocol: 'kasmvnc' });
    expect(config.sessions?.[0]?.data_loss_prevention.clipboard.client_to_server).toEqual({
      enabled: true,
      size: 'unlimited',
      total_size: 'unlimited',
    });
  });

  test('with an unknown key is refused at that key, naming the nearest known one', () => {
    expect(problemsOf(`listen: { hots: 127.0.0.1 }\n${session}`, gatewaySchema)).toEqual([
      'f.yaml:1:11: listen.hots: unknown key hots, did you mean host?',
    ]);
  });

  test('reports a mistyped key deep inside a list at its own line and column', () => {
    const text = session.replace('token:', 'tokn:');
    const problems = problemsOf(text, gatewaySchema);
    expect(problems).toContain('f.yaml:4:5: sessions.0.tokn: unknown key tokn, did you mean token?');
  });

  test('reports all of its problems at once', () => {
    const text = `listen: { port: 70000 }\nlog: { level: loud }\n${session}    access: read\n`;
    expect(problemsOf(text, gatewaySchema).map(problem => problem.split(' ')[0])).toEqual([
      'f.yaml:1:11:',
      'f.yaml:2:8:',
      'f.yaml:9:5:',
    ]);
  });

  test('that is no YAML is refused at the place where it breaks', () => {
    expect(problemsOf('listen: {port: 1\nlog: [', controlSchema)[0]).toMatch(/^f\.yaml:\d+:\d+: /);
  });

  test('that gives both sessions and control, or neither, is refused', () => {
    expect(problemsOf('listen: { port: 1 }', gatewaySchema)[0]).toContain('either sessions or control');
    const both = `${session}control: { url: "http://127.0.0.1:1", enrolment_token_file: t }\n`;
    expect(problemsOf(both, gatewaySchema)[0]).toContain('either sessions or control');
  });

  test('with a token under 16 characters, a foreign upstream scheme or an rdp session is refused', () => {
    expect(
      problemsOf(session.replace('some-secret-of-16-or-more-characters', 'short'), gatewaySchema)[0],
    ).toContain('16 characters');
    expect(problemsOf(session.replace('ws://', 'ftp://'), gatewaySchema)[0]).toContain('schemes ws, wss');
    expect(problemsOf(session.replace('kasmvnc', 'rdp'), gatewaySchema)[0]).toContain('rdp is not served');
  });

  test('that lists a session twice is refused', () => {
    const twice = session + session.replace('\nsessions:\n', '');
    expect(problemsOf(twice, gatewaySchema)[0]).toContain('listed twice');
  });

  test('with a policy key that nobody enforces is refused, not ignored', () => {
    const text = `${session}    data_loss_prevention: { clipboard: { over_sise: drop } }\n`;
    expect(problemsOf(text, gatewaySchema)[0]).toContain('unknown key over_sise, did you mean over_size?');
  });

  test('with an alias that has no anchor, or more aliases than anyone writes, is a problem of the file', () => {
    expect(problemsOf('log: *nowhere\n', gatewaySchema)[0]).toContain('f.yaml:1:1: Unresolved alias');
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef']) {
      bomb.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(', ')}]`);
    }
    expect(problemsOf(bomb.join('\n'), gatewaySchema)[0]).toContain('Excessive alias count');
  });

  test('names files relative to its own folder, wherever the program was started', () => {
    const text = `tls: { certificate: c.pem, private_key: /etc/k.pem }\n${session}    upstream_tls: { ca: ca.pem }\n`;
    const config = parseConfig('/srv/sluice/f.yaml', text, gatewaySchema);
    expect(config.tls).toEqual({ certificate: '/srv/sluice/c.pem', private_key: '/etc/k.pem' });
    expect(config.sessions?.[0]?.upstream_tls?.ca).toBe('/srv/sluice/ca.pem');
    expect(config.data_dir).toBe('/srv/sluice/data/gateway');
  });

  test('that does not exist is a problem of the file, not a stack trace', async () => {
    const problem = readConfig('/nowhere/f.yaml', agentSchema).catch((error: unknown) => error);
    expect(await problem).toBeInstanceOf(ConfigError);
  });

  test.each([
    ['gateway.yaml', gatewaySchema],
    ['gateway-standalone.yaml', gatewaySchema],
    ['control.yaml', controlSchema],
    ['agent.yaml', agentSchema],
  ] as [string, z.ZodType][])('in config/example named %s is valid', async (name, schema) => {
    expect(await readConfig(`${import.meta.dir}/example/${name}`, schema)).toBeObject();
  });
});
