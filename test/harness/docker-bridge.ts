import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { runToEnd } from './processes.ts';

/** Bridges are named for the process they belong to, so that the next run finds what a killed one left. */
const prefix = 'slt-';

/**
 * Creates a network bridge for one engine's containers with a free /24 out of 198.18.0.0/15 (the range set aside for
 * tests, RFC 2544). @returns its name
 */
export async function createBridge(): Promise<string> {
  await removeStaleBridges();
  const name = await freeName();
  await ip('link', 'add', name, 'type', 'bridge');
  await ip('address', 'add', `198.18.${freeSubnet()}.1/24`, 'dev', name);
  await ip('link', 'set', name, 'up');
  return name;
}

export async function removeBridge(name: string): Promise<void> {
  await runToEnd(['ip', 'link', 'delete', name]);
}

async function removeStaleBridges(): Promise<void> {
  for (const name of await readdir('/sys/class/net')) {
    const pid = name.startsWith(prefix) ? name.slice(prefix.length).split('.')[0] : undefined;
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await removeBridge(name);
  }
}

async function freeName(): Promise<string> {
  const taken = new Set(await readdir('/sys/class/net'));
  for (let number = 0; ; number++) {
    const name = number === 0 ? `${prefix}${process.pid}` : `${prefix}${process.pid}.${number}`;
    if (!taken.has(name)) return name;
  }
}

function freeSubnet(): number {
  const taken = new Set(
    Object.values(networkInterfaces())
      .flatMap(addresses => addresses ?? [])
      .map(({ address }) => address)
      .filter(address => address.startsWith('198.18.'))
      .map(address => Number(address.split('.')[2])),
  );
  // Two runs that start at once should not pick the same one: begin at a number of this process's own.
  for (let step = 0; step < 255; step++) {
    const subnet = (process.pid + step) % 255;
    if (!taken.has(subnet)) return subnet;
  }
  throw new Error('no free /24 is left in 198.18.0.0/16 for a test bridge');
}

async function ip(...args: string[]): Promise<void> {
  const { exitCode, stderr } = await runToEnd(['ip', ...args]);
  if (exitCode !== 0) throw new Error(`ip ${args.join(' ')} failed: ${stderr.trim()}`);
}
