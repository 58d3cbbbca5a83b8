import { describe, expect, test } from 'bun:test';
import { Secret } from '../../config/secret.ts';
import { agentLabel, containerSpec, desktopOf, protocolLabel, sessionLabel } from './container-spec.ts';
import type { DesktopOrder } from './desktop-runtime.ts';

const password = new Secret('p4ssw0rd');
const order: DesktopOrder = {
  sessionId: '11111111-1111-4111-8111-111111111111',
  image: 'sluice/desktop:1',
  imageIsLocal: true,
  protocol: 'rfb',
  cores: 1.5,
  memoryBytes: 2_000_000_000,
  environment: { LANG: 'de_DE.UTF-8' },
  hostname: 'desk',
  width: 1024,
  height: 768,
};

describe('the container of a desktop', () => {
  test('is limited in memory, cores and processes, and gets no swap', () => {
    expect(containerSpec(order, 'agent', password).HostConfig).toMatchObject({
      Memory: 2_000_000_000,
      MemorySwap: 2_000_000_000,
      NanoCpus: 1_500_000_000,
      PidsLimit: 4096,
      ShmSize: 512 * 1024 * 1024,
    });
  });

  test('has no limit where the order has none', () => {
    const { HostConfig } = containerSpec({ ...order, cores: 0, memoryBytes: 0 }, 'agent', password);
    expect(HostConfig).not.toHaveProperty('Memory');
    expect(HostConfig).not.toHaveProperty('NanoCpus');
  });

  test('drops all capabilities but those an entry script needs, and cannot gain any', () => {
    const { HostConfig } = containerSpec(order, 'agent', password);
    expect(HostConfig?.CapDrop).toEqual(['ALL']);
    expect(HostConfig?.CapAdd).not.toContain('NET_RAW');
    expect(HostConfig?.SecurityOpt).toEqual(['no-new-privileges']);
    expect(HostConfig?.Privileged ?? false).toBeFalse();
  });

  test('says in its labels whose it is, and never the password', () => {
    const spec = containerSpec(order, 'agent-7', password);
    expect(spec.Labels).toEqual({
      [agentLabel]: 'agent-7',
      [sessionLabel]: order.sessionId,
      [protocolLabel]: 'rfb',
    });
    const { Env, ...rest } = spec;
    expect(JSON.stringify(rest)).not.toContain('p4ssw0rd');
    expect(Env).toContain('VNC_PW=p4ssw0rd');
  });

  test('keeps its password when the image brings a variable of the same name', () => {
    const { Env } = containerSpec({ ...order, environment: { VNC_PW: 'known' } }, 'agent', password);
    expect(Env?.filter(entry => entry.startsWith('VNC_PW='))).toEqual(['VNC_PW=p4ssw0rd']);
  });

  test('takes the size of the order unless the image sets its own', () => {
    expect(containerSpec(order, 'agent', password).Env).toContain('VNC_GEOMETRY=1024x768');
    const own = containerSpec({ ...order, environment: { VNC_GEOMETRY: '800x600' } }, 'agent', password);
    expect(own.Env).toContain('VNC_GEOMETRY=800x600');
  });
});

describe('a container found again', () => {
  const facts = {
    id: 'c0ffee',
    address: '172.17.0.2',
    labels: { [sessionLabel]: order.sessionId, [protocolLabel]: 'rfb' },
    environment: ['PATH=/bin', 'VNC_PW=p4ssw0rd'],
  };

  test('is a plain VNC desktop behind its password', () => {
    const desktop = desktopOf(facts);
    expect(desktop?.upstream).toBe('tcp://172.17.0.2:5901');
    expect(desktop?.password?.reveal()).toBe('p4ssw0rd');
    expect(desktop?.authorization).toBeUndefined();
  });

  test('is a KasmVNC desktop behind basic authorisation', () => {
    const desktop = desktopOf({ ...facts, labels: { ...facts.labels, [protocolLabel]: 'kasmvnc' } });
    expect(desktop?.upstream).toBe('wss://172.17.0.2:6901/websockify');
    expect(desktop?.authorization?.reveal()).toBe(`Basic ${btoa('kasm_user:p4ssw0rd')}`);
    expect(desktop?.password).toBeUndefined();
    expect(desktop?.tlsVerify).toBeFalse();
  });

  test.each([
    ['no session label', { ...facts, labels: { [protocolLabel]: 'rfb' } }],
    ['an unknown protocol', { ...facts, labels: { ...facts.labels, [protocolLabel]: 'x11' } }],
    ['no address', { ...facts, address: '' }],
    ['no password', { ...facts, environment: [] }],
  ])('is none of ours with %s', (_, container) => {
    expect(desktopOf(container)).toBeUndefined();
  });
});
