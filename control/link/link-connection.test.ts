import { describe, expect, test } from 'bun:test';
import type { NodeId } from '../../config/ids.ts';
import { limits } from '../../config/limits.ts';
import { decodeFrame, encodeFrame, type Frame } from '../../config/link/link.ts';
import { silentLog } from '../../config/log.ts';
import { LinkConnection, LinkRefusal } from './link-connection.ts';

const nodeId = '11111111-1111-4111-8111-111111111111' as NodeId;

/** A connection whose socket is a record of what was done to it. */
function connect(onHello: (connection: LinkConnection) => Promise<void> = async one => welcome(one)) {
  const sent: Frame[] = [];
  const heard: Frame[] = [];
  const ends: string[] = [];
  const socket = {
    send: (bytes: Uint8Array) => {
      sent.push(decodeFrame(bytes));
      return bytes.length;
    },
    close: (code?: number, reason?: string) => ends.push(`close ${code} ${reason}`),
    terminate: () => ends.push('terminate'),
  };
  const events = {
    onHello,
    onFrame: (_from: LinkConnection, frame: Frame) => heard.push(frame),
    onEnded: () => ends.push('ended'),
  };
  return { connection: new LinkConnection(socket, events, silentLog, 0), sent, heard, ends };
}

function welcome(connection: LinkConnection): void {
  connection.welcome({ nodeId, role: 'agent', name: 'a', instance: 'i' }, '', '1');
}

const hello = encodeFrame({ hello: { role: 'agent', name: 'a', version: '1', instance: 'i' } });

describe('a link connection', () => {
  test('passes frames on once the node is welcomed, and keeps heartbeats to itself', () => {
    const { connection, sent, heard } = connect();
    connection.receive(hello, 0);
    expect(sent[0]?.welcome?.nodeId).toBe(nodeId);
    connection.receive(encodeFrame({ heartbeat: { sentAtMs: 1 } }), 1);
    connection.receive(encodeFrame({ agentState: { runtime: 'docker' } }), 2);
    expect(heard.map(frame => frame.agentState?.runtime)).toEqual(['docker']);
  });

  test('says at every beat that control is here', () => {
    const { connection, sent } = connect();
    connection.beat(limits.linkHeartbeatMs, 1_234);
    expect(Number(sent[0]?.heartbeat?.sentAtMs)).toBe(1_234);
  });

  test('gives up a node that is silent for longer than the limit, without waiting for its farewell', () => {
    const { connection, ends } = connect();
    connection.receive(encodeFrame({ heartbeat: {} }), 1_000);
    connection.beat(1_000 + limits.linkSilenceMs, 0);
    expect(ends).toEqual([]);
    connection.beat(1_001 + limits.linkSilenceMs, 0);
    expect(ends).toEqual(['ended', 'terminate']);
  });

  test('tells of its end once, whoever ends it', () => {
    const { connection, ends } = connect();
    connection.close(4409, 'replaced');
    connection.ended();
    connection.close(4409, 'again');
    expect(ends).toEqual(['ended', 'close 4409 replaced']);
    expect(connection.send({ heartbeat: {} })).toBe(false);
  });

  test('takes nothing more once it has ended', () => {
    const { connection, heard } = connect();
    connection.receive(hello, 0);
    connection.ended();
    connection.receive(encodeFrame({ agentState: {} }), 1);
    expect(heard).toEqual([]);
  });

  test('is not welcomed any more when it was lost meanwhile', async () => {
    const { connection, sent } = connect(async one => {
      one.ended();
      welcome(one);
    });
    connection.receive(hello, 0);
    expect(sent).toEqual([]);
    expect(connection.node).toBeUndefined();
  });

  test('is refused with the reason, but never for trouble of control itself: a refused node may enrol anew', async () => {
    const refused = connect(async () => {
      throw new LinkRefusal('role must be gateway or agent');
    });
    refused.connection.receive(hello, 0);
    await Promise.resolve();
    expect(refused.sent[0]?.refused?.reason).toBe('role must be gateway or agent');
    expect(refused.ends).toEqual(['ended', 'close 4401 refused']);
    const troubled = connect(async () => {
      throw new Error('the database is away');
    });
    troubled.connection.receive(hello, 0);
    await Promise.resolve();
    expect(troubled.sent).toEqual([]);
    expect(troubled.ends).toEqual(['ended', 'close 1001 control can not greet nodes now']);
  });

  test('hangs up on a reply: control has asked nothing', () => {
    const { connection, ends } = connect();
    connection.receive(hello, 0);
    connection.receive(encodeFrame({ replyTo: 7, agentState: {} }), 1);
    expect(ends).toEqual(['ended', 'close 4400 a reply to no request']);
  });
});
