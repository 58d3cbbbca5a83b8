import { expect, test } from 'bun:test';
import { gatewaySchema } from './gateway.ts';
import { planReload } from './gateway-reload.ts';

const parse = (config: object) => gatewaySchema.parse({ sessions: [], ...config });

test('a file that is the same changes nothing', () => {
  const { config, taken, untaken } = planReload(parse({}), parse({}));
  expect(config).toEqual(parse({}));
  expect([taken, untaken]).toEqual([[], []]);
});

test('limits, rates, sessions, certificates and the log take force, the rest stays and is named', () => {
  const running = parse({ rate_limits: { redis: { url: 'redis://127.0.0.1:6379' } } });
  const changed = {
    limits: { connections: 7 },
    log: { level: 'debug' },
    tls: { profile: 'modern' },
    rate_limits: { address: { logins: 'unlimited' }, entries: 500 },
    listen: { port: 1 },
    trusted_proxies: ['10.0.0.1'],
  };
  const { config, taken, untaken } = planReload(running, parse(changed));
  expect(taken.toSorted()).toEqual(['limits', 'log', 'rate_limits', 'tls']);
  expect(untaken.toSorted()).toEqual([
    'listen',
    'rate_limits.entries',
    'rate_limits.redis',
    'trusted_proxies',
  ]);
  expect(config.limits.connections).toBe(7);
  expect(config.rate_limits).toMatchObject({ ...running.rate_limits, address: { logins: 'unlimited' } });
  expect(config.listen).toEqual(running.listen);
});

test('what needs a restart is named again at the next reload', () => {
  const first = planReload(parse({}), parse({ data_dir: '/elsewhere', limits: { connections: 7 } }));
  const second = planReload(first.config, parse({ data_dir: '/elsewhere', limits: { connections: 7 } }));
  expect([second.taken, second.untaken]).toEqual([[], ['data_dir']]);
});
