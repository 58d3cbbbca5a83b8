import { describe, expect, test } from 'bun:test';
import type { ImageId, NodeId, SessionId, UserId } from '../../config/ids.ts';
import {
  describeEnd,
  isFailedLaunch,
  kasmView,
  operationalMessage,
  type Session,
  viewerPath,
} from './session.ts';

const session: Session = {
  sessionId: '11111111-1111-4111-8111-111111111111' as SessionId,
  userId: '22222222-2222-4222-8222-222222222222' as UserId,
  username: 'user@kasm.local',
  imageId: '33333333-3333-4333-8333-333333333333' as ImageId,
  imageName: 'sluice/desktop:1',
  imageFriendlyName: 'Desktop',
  imageSrc: '/desktop.svg',
  agentId: '44444444-4444-4444-8444-444444444444' as NodeId,
  agentName: 'host-a',
  agentConnected: true,
  status: 'running',
  message: 'running',
  progress: 100,
  requestedAt: new Date('2026-11-21T10:00:00.000Z'),
  startedAt: new Date('2026-11-21T10:00:05.250Z'),
  activeAt: new Date('2026-11-21T10:01:00.000Z'),
  protocol: 'rfb',
  cores: 2,
  memoryBytes: 2_768_000_000,
  hostname: 'desktop',
  containerId: 'abc',
  containerIp: '172.17.0.2',
  tokenGeneration: 1,
  policyVersion: 1,
};
const parts = { publicHost: 'desk.example', viewOnlyToken: 'view', settings: undefined };

describe("the API's Kasm object", () => {
  test('names the stream by its path without a leading slash and with the dashed id', () => {
    expect(kasmView(session, parts).port_map).toEqual({
      vnc: { port: 443, path: 'desktop/11111111-1111-4111-8111-111111111111/vnc' },
    });
  });

  test('writes dates as Kasm does', () => {
    const view = kasmView(session, parts);
    expect(view.start_date).toBe('2026-11-21 10:00:05.250000');
    expect(view.created_date).toBe('2026-11-21 10:00:00.000000');
    expect(view.expiration_date).toBeNull();
  });

  test('shows the settings a viewer acts on, and none of the documents', () => {
    const settings = {
      allow_kasm_clipboard_up: false,
      max_kasms_per_user: 5,
      data_loss_prevention: { secret: 1 },
    };
    const { client_settings } = kasmView(session, { ...parts, settings });
    expect(client_settings).toMatchObject({ allow_kasm_clipboard_up: false, max_kasms_per_user: 5 });
    expect(client_settings).not.toHaveProperty('data_loss_prevention');
  });

  test('carries the image as clients read it', () => {
    expect(kasmView(session, parts).image).toEqual({
      image_id: session.imageId,
      name: 'sluice/desktop:1',
      friendly_name: 'Desktop',
      image_src: '/desktop.svg',
    });
  });
});

describe('what people read of a session', () => {
  test('is what its agent said, while the agent is there', () => {
    expect(operationalMessage({ ...session, status: 'starting', message: 'pulling 3 of 7 layers' })).toBe(
      'pulling 3 of 7 layers',
    );
  });

  test('names the agent that is away', () => {
    const away = { ...session, agentConnected: false };
    expect(operationalMessage(away)).toBe('agent host-a is not connected, the desktop may not be reachable');
    expect(operationalMessage({ ...away, status: 'starting' })).toBe(
      'agent host-a is not connected, waiting for it',
    );
  });

  test('after a failed launch holds the reason the agent gave', () => {
    const ended = {
      sessionId: session.sessionId,
      userId: session.userId,
      destroyReason: 'start_failed',
      errorMessage: 'no such image: nowhere/nothing:1',
      endedAt: new Date(),
    } as const;
    expect(describeEnd(ended)).toBe('Unable to create session: no such image: nowhere/nothing:1');
    expect(isFailedLaunch(ended.destroyReason)).toBe(true);
    expect(isFailedLaunch('exited')).toBe(false);
  });
});

test("the viewer's link has the shape of Kasm's", () => {
  expect(viewerPath(session, 'full.1.abc.mac')).toBe(
    `/#/connect/kasm/${session.sessionId}/${session.userId}/full.1.abc.mac`,
  );
});
