import { expect, test } from 'bun:test';
import { findListenPort, findLoopbackPort } from './ports.ts';

test('port 0 is any free one, and a free port is itself', async () => {
  const port = await findListenPort('127.0.0.1', 0);
  expect(port).toBeGreaterThan(0);
  expect(await findListenPort('127.0.0.1', port)).toBe(port);
  expect(await findLoopbackPort()).toBeGreaterThan(0);
});

test('a port in use is refused with the way out, even when its holder shares it', async () => {
  const socket = { data: () => {} };
  const holder = Bun.listen({ hostname: '0.0.0.0', port: 0, socket, ...{ reusePort: true } });
  try {
    await expect(findListenPort('0.0.0.0', holder.port)).rejects.toThrow(
      `port ${holder.port} is in use: end the program that listens on it, or choose another with --port N`,
    );
  } finally {
    holder.stop(true);
  }
});

test("an address that is not this machine's is a sentence", async () => {
  await expect(findListenPort('198.18.255.254', 0)).rejects.toThrow(
    "can't listen on 198.18.255.254 port 0: ",
  );
});
