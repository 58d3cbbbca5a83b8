import { describe, expect, test } from 'bun:test';
import { upstreamsSchema } from '../../config/gateway-upstreams.ts';
import { limits } from '../../config/limits.ts';
import { DialCall } from './dial-call.ts';
import { dialUpstream, UpstreamError } from './upstream.ts';
import { parseUpstreamAddress, type UpstreamAddress } from './upstream-address.ts';
import { UpstreamGuard, type UpstreamGuardOptions } from './upstream-guard.ts';

const names: Record<string, string[]> = {
  'desk.example': ['10.1.2.3'],
  'two.example': ['fd12::5', '10.1.2.3'],
  'meta.example': ['169.254.169.254'],
  'mixed.example': ['169.254.169.254', '10.1.2.3'],
  'loop.example': ['127.0.0.1'],
  'control.example': ['10.1.0.9', 'fd12::9'],
  'here.example': ['10.1.0.1'],
};

function guard(config: object = {}, options: Partial<UpstreamGuardOptions> = {}): UpstreamGuard {
  return new UpstreamGuard({
    config: upstreamsSchema.parse(config),
    grantedBy: 'control',
    allowsLoopback: false,
    ownPorts: () => [8443, 9443],
    machineAddresses: () => ['127.0.0.1', '::1', '10.1.0.1', 'fe80::1%eth0', 'fd12::1'],
    services: [],
    resolve: async host => {
      const found = names[host];
      if (found === undefined) throw new Error('not found');
      return found;
    },
    ...options,
  });
}

/** The endpoints that would be dialled, or the reason why none is. */
async function endpointsOf(one: UpstreamGuard, upstream: string): Promise<string> {
  try {
    const checked = await one.check(parseUpstreamAddress(upstream));
    return checked
      .map(({ endpoint }) => ('socket' in endpoint ? endpoint.socket : `${endpoint.host} ${endpoint.port}`))
      .join(', ');
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    return error.reason;
  }
}

describe('an upstream', () => {
  const refused = [
    'ws://169.254.169.254/latest/meta-data/',
    'tcp://169.254.0.1:5901',
    'ws://[::ffff:169.254.169.254]:80/',
    'ws://[::ffff:a9fe:a9fe]:80/',
    'ws://2852039166/',
    'ws://0xa9.0xfe.0xa9.0xfe/',
    'ws://0251.0376.0251.0376/',
    'ws://[64:ff9b::a9fe:a9fe]/',
    'ws://[64:ff9b:1::a9fe:a9fe]/',
    'ws://[64:ff9b:1:ffff::a01:203]/',
    'ws://[2002:a9fe:a9fe::1]/',
    'ws://[::ffff:0:a9fe:a9fe]/',
    'ws://[::a9fe:a9fe]/',
    'ws://[2001:0:a9fe:a9fe::1]/',
    'ws://[fe80::1]:6901/',
    'ws://[fd00:ec2::254]/',
    'ws://100.100.100.200/',
    'ws://168.63.129.16/',
    'tcp://0.0.0.0:5901',
    'tcp://[::]:5901',
    'tcp://224.0.0.1:5901',
    'tcp://255.255.255.255:5901',
    'tcp://127.0.0.1:5901',
    'tcp://127.9.9.9:5901',
    'tcp://[::1]:5901',
    'tcp://[::ffff:127.0.0.1]:5901',
    'ws://meta.example/',
    'ws://loop.example/',
    'unix+ws:///var/run/docker.sock:/',
  ];
  for (const upstream of refused) {
    test(`is refused from control without more said: ${upstream}`, async () => {
      expect(await endpointsOf(guard(), upstream)).toBe('upstream_forbidden');
    });
  }

  test('elsewhere is dialled at the address that was checked, its name kept for the certificate', async () => {
    const address = parseUpstreamAddress('wss://desk.example:6901/websockify');
    const [checked] = await guard().check(address);
    expect(checked).toEqual({ ...address, endpoint: { host: '10.1.2.3', port: 6901 } });
    expect(checked.hostname).toBe('desk.example');
  });

  test('with a name of several addresses is dialled at those that may be, IPv4 first', async () => {
    expect(await endpointsOf(guard(), 'tcp://two.example:5901')).toBe('10.1.2.3 5901, fd12::5 5901');
    expect(await endpointsOf(guard(), 'tcp://mixed.example:5901')).toBe('10.1.2.3 5901');
  });

  test('whose name is unknown is a desktop that is not reached', async () => {
    expect(await endpointsOf(guard(), 'tcp://nowhere.example:5901')).toBe('upstream_refused');
  });

  test('on loopback is dialled where desktops are on this machine, but never a port of our own', async () => {
    const here = guard({}, { allowsLoopback: true });
    expect(await endpointsOf(here, 'tcp://127.0.0.1:5901')).toBe('127.0.0.1 5901');
    for (const upstream of ['tcp://127.0.0.1:8443', 'ws://[::1]:9443/', 'ws://127.0.0.2:9443/metrics'])
      expect(await endpointsOf(here, upstream)).toBe('upstream_forbidden');
  });

  test('is no port of our own at any address of this machine, whatever is allowed', async () => {
    for (const open of [guard(), guard({ allow: ['0.0.0.0/0', '::/0', '10.1.0.1', '0.0.0.0'] })]) {
      for (const host of ['10.1.0.1', '[fd12::1]', '[::ffff:10.1.0.1]', '0.0.0.0', 'here.example'])
        expect([host, await endpointsOf(open, `tcp://${host}:9443`)]).toEqual([host, 'upstream_forbidden']);
    }
    expect(await endpointsOf(guard(), 'tcp://10.1.0.1:5901')).toBe('10.1.0.1 5901');
    expect(await endpointsOf(guard(), 'tcp://10.1.0.2:9443')).toBe('10.1.0.2 9443');
  });

  test('is not control, nor another service that the gateway uses, by whatever address', async () => {
    const services = [{ host: 'control.example', port: 8080 }];
    const two = guard({ allow: ['10.0.0.0/8', 'fd12::/16'] }, { services });
    for (const host of ['control.example', '10.1.0.9', '[fd12::9]'])
      expect([host, await endpointsOf(two, `ws://${host}:8080/`)]).toEqual([host, 'upstream_forbidden']);
    expect(await endpointsOf(two, 'ws://10.1.0.9:6901/')).toBe('10.1.0.9 6901');
    expect(await endpointsOf(two, 'ws://10.1.0.10:8080/')).toBe('10.1.0.10 8080');
  });

  test('is not a service on this machine by another address of it', async () => {
    for (const host of ['127.0.0.1', '[::1]', 'here.example']) {
      const one = guard({}, { allowsLoopback: true, services: [{ host, port: 8080 }] });
      for (const other of ['10.1.0.1', '127.0.0.1', '127.0.0.9', '[::1]', '[fd12::1]'])
        expect([host, other, await endpointsOf(one, `tcp://${other}:8080`)]).toEqual([
          host,
          other,
          'upstream_forbidden',
        ]);
    }
  });

  test('at the port of a service whose name is unknown just now is not dialled: it may be that one', async () => {
    const services = [{ host: 'gone.example', port: 8080 }];
    expect(await endpointsOf(guard({}, { services }), 'tcp://10.1.2.3:8080')).toBe('upstream_refused');
    expect(await endpointsOf(guard({}, { services }), 'tcp://10.1.2.3:5901')).toBe('10.1.2.3 5901');
  });

  test('must be in upstreams.allow once that has an entry', async () => {
    const narrow = guard({ allow: ['10.1.0.0/16'] });
    expect(await endpointsOf(narrow, 'tcp://10.1.9.9:5901')).toBe('10.1.9.9 5901');
    expect(await endpointsOf(narrow, 'tcp://10.2.0.1:5901')).toBe('upstream_forbidden');
    expect(await endpointsOf(narrow, 'tcp://two.example:5901')).toBe('10.1.2.3 5901');
  });

  test('that is refused anyway is opened by an entry inside that range, not by a wider one', async () => {
    const link = 'tcp://169.254.7.7:5901';
    expect(await endpointsOf(guard({ allow: ['0.0.0.0/0'] }), link)).toBe('upstream_forbidden');
    expect(await endpointsOf(guard({ allow: ['169.254.7.0/24'] }), link)).toBe('169.254.7.7 5901');
    expect(await endpointsOf(guard({ allow: ['127.0.0.0/8'] }), 'tcp://127.0.0.1:5901')).toBe(
      '127.0.0.1 5901',
    );
  });

  test('in upstreams.deny is refused whatever else is said', async () => {
    const both = guard({ allow: ['10.0.0.0/8'], deny: ['10.1.0.0/16'] }, { allowsLoopback: true });
    expect(await endpointsOf(both, 'tcp://10.1.2.3:5901')).toBe('upstream_forbidden');
    expect(await endpointsOf(both, 'tcp://desk.example:5901')).toBe('upstream_forbidden');
    expect(await endpointsOf(both, 'tcp://10.2.2.3:5901')).toBe('10.2.2.3 5901');
  });

  test('on a Unix socket is the word of the file, and from control in named folders only', async () => {
    const upstream = 'unix+ws:///run/desks/a.sock:/websockify';
    expect(await endpointsOf(guard({}, { grantedBy: 'file' }), upstream)).toBe('/run/desks/a.sock');
    const named = guard({ sockets: ['/run/desks/'] });
    expect(await endpointsOf(named, upstream)).toBe('/run/desks/a.sock');
    for (const other of ['/run/desks/../docker.sock', '/run/desks2/a.sock', '/run/desks'])
      expect(await endpointsOf(named, `unix+ws://${other}`)).toBe('upstream_forbidden');
  });
});

describe('a dial', () => {
  const two = parseUpstreamAddress('tcp://two.example:5901');
  const hostOf = ({ endpoint }: UpstreamAddress): string => ('host' in endpoint ? endpoint.host : '');

  test('asks for the addresses of a name once, however often it tries', async () => {
    let asked = 0;
    const rebinding = guard({}, { resolve: async () => (asked++ === 0 ? ['10.1.2.3'] : ['127.0.0.1']) });
    const dialled = await rebinding.dial(two, async address => hostOf(address));
    expect({ dialled, asked }).toEqual({ dialled: '10.1.2.3', asked: 1 });
  });

  test('goes on to the next address of a name when one does not answer', async () => {
    const tried: string[] = [];
    await guard().dial(two, async address => {
      tried.push(hostOf(address));
      if (tried.length === 1) throw new UpstreamError('upstream_refused', 'no');
    });
    expect(tried).toEqual(['10.1.2.3', 'fd12::5']);
  });

  test('shares its time among the addresses of a name, so that a black hole does not use it up', async () => {
    const times: number[] = [];
    const dialled = await guard().dial(two, async (address, timeMs) => {
      times.push(timeMs);
      if (times.length === 1) throw new UpstreamError('upstream_timeout', 'no', true);
      return hostOf(address);
    });
    const half = limits.upstreamDialTimeMs / 2;
    expect([dialled, ...times]).toEqual(['fd12::5', half, half]);
    await guard().dial(parseUpstreamAddress('tcp://10.1.2.3:5901'), async (_, timeMs) => times.push(timeMs));
    expect(times[2]).toBe(limits.upstreamDialTimeMs);
  });

  test('that nobody wants any more goes on to no other address', async () => {
    const tried: string[] = [];
    const call = new DialCall();
    const leaving = guard({}, { resolve: async () => ['127.0.0.1', '127.0.0.2'], allowsLoopback: true });
    // Its desktop accepts and says nothing.
    using silent = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
    const dialling = leaving.dial(
      parseUpstreamAddress(`ws://two.example:${silent.port}/`),
      (address, timeMs) => {
        tried.push(hostOf(address));
        const dial = { address, authorization: undefined, tlsVerify: true, tlsCa: undefined };
        setImmediate(() => call.giveUp());
        return dialUpstream(dial, call, timeMs);
      },
    );
    expect(await dialling.catch((error: UpstreamError) => error.reason)).toBe('upstream_refused');
    expect(tried).toEqual(['127.0.0.1']);
  });

  test('gives up at a failure that another address would not mend', async () => {
    const tried: string[] = [];
    const failing = guard().dial(two, async address => {
      tried.push(hostOf(address));
      throw new UpstreamError('upstream_certificate', 'no');
    });
    expect(await failing.catch((error: UpstreamError) => error.reason)).toBe('upstream_certificate');
    expect(tried).toEqual(['10.1.2.3']);
  });
});
