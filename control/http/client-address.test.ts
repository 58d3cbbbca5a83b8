import { describe, expect, test } from 'bun:test';
import { type Context, Hono } from 'hono';
import { AddressRanges } from '../../config/address-range.ts';
import type { ApiError } from './api-error.ts';
import { clientAddress } from './client-address.ts';
import type { ControlEnv } from './env.ts';

async function find(
  peerAddress: string,
  forwardedFor?: string,
  trusted = ['127.0.0.0/8', '::1/128'],
): Promise<string> {
  const app = new Hono<ControlEnv>();
  const ranges = new AddressRanges(trusted);
  app.get('/', http => http.text(clientAddress(http as unknown as Context<ControlEnv>, ranges)));
  app.onError((error, http) => http.text(`${(error as ApiError).status} ${error.message}`));
  const headers: Record<string, string> =
    forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
  return (await app.request('/', { headers }, { peerAddress })).text();
}

describe("a client's address", () => {
  test('is what a gateway on this machine says', async () => {
    expect(await find('127.0.0.1', '203.0.113.9')).toBe('203.0.113.9');
    expect(await find('::ffff:127.0.0.1', '203.0.113.9')).toBe('203.0.113.9');
    expect(await find('::1', '2001:DB8::5')).toBe('2001:db8::5');
  });

  test('is what a gateway elsewhere says, if it is trusted', async () => {
    expect(await find('10.0.0.7', '203.0.113.9', ['10.0.0.0/24'])).toBe('203.0.113.9');
    expect(await find('10.0.0.7', '6.6.6.6, 203.0.113.9, 10.0.0.8', ['10.0.0.0/24'])).toBe('203.0.113.9');
  });

  test('is the peer itself otherwise, whatever it says', async () => {
    expect(await find('10.0.0.7', '6.6.6.6')).toBe('10.0.0.7');
    expect(await find('::ffff:10.0.0.7', '6.6.6.6')).toBe('10.0.0.7');
    expect(await find('127.0.0.1')).toBe('127.0.0.1');
  });

  test('is nobody where a gateway names none, and never the gateway', async () => {
    for (const header of ['rubbish', '', '6.6.6.6, unknown'])
      expect(await find('127.0.0.1', header)).toBe(
        '400 the header in which proxies tell who the client is can not be read',
      );
  });
});
