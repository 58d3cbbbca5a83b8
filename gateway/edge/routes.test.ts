import { expect, test } from 'bun:test';
import { limits } from '../../config/limits.ts';
import { type RequestHead, RequestHeadParser } from '../http/request-head.ts';
import { routeOf } from './routes.ts';

const id = '11111111-1111-4111-8111-111111111111';

function headOf(target: string, upgrade = 'websocket'): RequestHead {
  const lines = [`GET ${target} HTTP/1.1`, 'Host: x', 'Connection: Upgrade', `Upgrade: ${upgrade}`, '', ''];
  const step = new RequestHeadParser(limits).push(Buffer.from(lines.join('\r\n')));
  if (step.kind !== 'head') throw new Error(step.kind);
  return step;
}

test('a stream is the exact path of a session with an upgrade, its id with or without dashes', () => {
  const route = { kind: 'stream', sessionId: id, channel: 'vnc' } as const;
  expect(routeOf(headOf(`/desktop/${id}/vnc/websockify`))).toMatchObject(route);
  expect(routeOf(headOf(`/desktop/${id.replaceAll('-', '')}/vnc/websockify?token=x`))).toMatchObject(route);
  expect(routeOf(headOf(`/desktop/${id.toUpperCase()}/vnc/websockify`, 'WebSocket'))).toMatchObject(route);
});

test('anything that only looks like one belongs to the HTTP side', () => {
  for (const target of [
    '/',
    `/desktop/${id}/events`,
    `/desktop/${id}/rdp/websockify`,
    `/desktop/${id}/vnc/websockify/`,
    `/desktop/${id}/vnc/%77ebsockify`,
    `//desktop/${id}/vnc/websockify`,
    `/desktop/${id.slice(1)}/vnc/websockify`,
    `/x/desktop/${id}/vnc/websockify`,
  ]) {
    expect({ target, kind: routeOf(headOf(target)).kind }).toEqual({ target, kind: 'http' });
  }
  expect(routeOf(headOf(`/desktop/${id}/vnc/websockify`, 'h2c')).kind).toBe('http');
});
