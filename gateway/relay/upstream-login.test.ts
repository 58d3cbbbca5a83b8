import { expect, test } from 'bun:test';
import { parseUpstreamAddress } from './upstream-address.ts';
import { upstreamLoginFor } from './upstream-login.ts';

const basic = `Basic ${btoa('ann:s3:cret')}`;
const loginAt = (address: string, authorization: string | undefined = basic) =>
  upstreamLoginFor(parseUpstreamAddress(address), authorization);

test.each([
  'tls://desk.example',
  'wss://10.0.0.7/',
  'unix+ws:///run/x',
  'tcp://127.0.0.1:5901',
  'ws://[::1]:80/',
])('the login is there for %s, where nobody else hears it', address =>
  expect(loginAt(address)).toEqual({ username: 'ann', password: 's3:cret' }),
);

test.each([
  'tcp://desk.example',
  'ws://10.0.0.7/',
  'tcp://127.0.0.1.example',
  'tcp://localhost.example:5900',
])('the login is not there for %s', address => expect(loginAt(address)).toBeUndefined());

test('only the scheme Basic holds a login', () => {
  for (const value of ['Bearer YTpi', `Basic ${btoa('no colon')}`, 'Basic !', 'Basic']) {
    expect(loginAt('tls://desk.example', value)).toBeUndefined();
  }
  expect(upstreamLoginFor(parseUpstreamAddress('tls://desk.example'), undefined)).toBeUndefined();
});
