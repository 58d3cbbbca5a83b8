/** The gateway logs in at real VNC servers, as a client of whatever version and security they ask for. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { needs } from '../harness/requirements.ts';
import { handshakeRfb } from '../harness/rfb-viewer.ts';
import { openStream } from '../harness/stream-client.ts';
import { startXvnc, type Xvnc } from '../harness/xvnc.ts';

const withDesktop = needs('desktop');
const token = 'a-token-of-some-length';
const login = `Basic ${btoa('nobody-here:wrong')}`;

const servers = {
  old: ['-Protocol3.3'],
  oldWithPassword: ['-Protocol3.3'],
  plain: ['-SecurityTypes', 'Plain'],
  tlsInside: ['-SecurityTypes', 'TLSNone'],
} as const;
type Name = keyof typeof servers;
const names = Object.keys(servers) as Name[];
const idOf = (name: Name): string =>
  `${String(names.indexOf(name) + 1).repeat(8)}-1111-4111-8111-111111111111`;
const bare = '99999999-1111-4111-8111-111111111111';
const started: Xvnc[] = [];
let gateway: GatewayProcess;

beforeAll(async () => {
  if (!withDesktop) return;
  for (const name of names) {
    const password = name === 'oldWithPassword' ? { password: 'open-me' } : {};
    started.push(await startXvnc({ options: servers[name], ...password }));
  }
  const sessionOf = (name: Name) => {
    const upstream = `tcp://127.0.0.1:${started[names.indexOf(name)]!.port}`;
    return { id: idOf(name), token, protocol: 'rfb', access: 'full', upstream };
  };
  gateway = await startGatewayProcess({
    sessions: [
      sessionOf('old'),
      { ...sessionOf('oldWithPassword'), upstream_password: 'open-me' },
      { ...sessionOf('plain'), upstream_authorization: login },
      { ...sessionOf('tlsInside'), upstream_authorization: login },
      { ...sessionOf('plain'), id: bare },
    ],
  });
}, 60_000);

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  for (const server of started) await server[Symbol.asyncDispose]();
});

async function refusalOf(sessionId: string): Promise<string> {
  await using stream = await openStream({ port: gateway.port, sessionId, token });
  stream.send(Buffer.from('RFB 003.008\n'));
  const { code, reason } = await stream.ended();
  expect(code).toBe(1011);
  return reason;
}

test.skipIf(!withDesktop)('a server of RFB 3.3 opens, with a password and without', async () => {
  for (const name of ['old', 'oldWithPassword'] as const) {
    await using stream = await openStream({ port: gateway.port, sessionId: idOf(name), token });
    expect(await handshakeRfb(stream)).toMatchObject({ width: 640, height: 480, securityTypes: [1] });
  }
});

test.skipIf(!withDesktop)(
  'a server that asks for a login by VeNCrypt Plain hears it, and may not take it',
  async () => {
    expect(await refusalOf(idOf('plain'))).toStartWith('the desktop refused our login');
  },
);

test.skipIf(!withDesktop)('without a login there is nothing that would do', async () => {
  expect(await refusalOf(bare)).toBe(
    'the desktop offers security types 19; supported: 1 (None), 2 (VncAuth), 19 (VeNCrypt Plain, with a login)',
  );
});

test.skipIf(!withDesktop)('VeNCrypt with TLS inside is refused in so many words', async () => {
  expect(await refusalOf(idOf('tlsInside'))).toMatch(
    /^the desktop offers VeNCrypt sub-types [\d, ]+; only Plain \(256\) is supported$/,
  );
});
