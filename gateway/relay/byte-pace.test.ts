import { afterEach, beforeEach, describe, expect, jest, test } from 'bun:test';
import type { Socket } from 'bun';
import { BytePace } from './byte-pace.ts';
import { type Receiver, Transport } from './transport.ts';

/** A socket that is read or not. */
class FakeSocket {
  reading = true;
  ended = false;
  pause(): void {
    this.reading = false;
  }
  resume(): void {
    this.reading = true;
  }
  terminate(): void {
    this.ended = true;
  }
}

let now = 0;
let overdrawnMs: number[] = [];
let socket: FakeSocket;
let transport: Transport;
let got: number[] = [];

const receiver: Receiver = {
  data: chunk => got.push(chunk.length),
  drain() {},
  close() {},
};

beforeEach(() => {
  jest.useFakeTimers();
  now = 0;
  overdrawnMs = [];
  got = [];
  socket = new FakeSocket();
  transport = new Transport(socket as unknown as Socket<Transport>);
});

afterEach(() => {
  jest.useRealTimers();
});

function pass(ms: number): void {
  now += ms;
  jest.advanceTimersByTime(ms);
}

/** An account that runs at a byte a millisecond. */
function pacedAtByteAMs(): void {
  let debt = 0;
  let atMs = 0;
  const account = (bytes: number): number => {
    debt = Math.max(0, debt - (now - atMs)) + bytes;
    atMs = now;
    overdrawnMs.push(debt);
    return debt;
  };
  transport.pace(new BytePace([() => 0, account]));
  transport.attach(receiver);
}

describe('a paced connection', () => {
  test('is not read until what it read is paid for, and loses nothing', () => {
    pacedAtByteAMs();
    transport.received(new Uint8Array(300));
    expect(socket.reading).toBeFalse();
    pass(299);
    expect(socket.reading).toBeFalse();
    pass(1);
    expect(socket.reading).toBeTrue();
    expect(got).toEqual([300]);
  });

  test('looks at its accounts again when others drew on them', () => {
    let debtMs = 100;
    transport.pace(new BytePace([() => debtMs]));
    transport.attach(receiver);
    transport.received(new Uint8Array(1));
    debtMs = 50;
    pass(100);
    expect(socket.reading).toBeFalse();
    debtMs = 0;
    pass(50);
    expect(socket.reading).toBeTrue();
  });

  test('is read no sooner than its owner wants, and no sooner than its pace allows', () => {
    pacedAtByteAMs();
    transport.received(new Uint8Array(100));
    transport.pause();
    pass(100);
    expect(socket.reading).toBeFalse();
    transport.resume();
    expect(socket.reading).toBeTrue();
    transport.received(new Uint8Array(100));
    transport.pause();
    transport.resume();
    expect(socket.reading).toBeFalse();
    pass(100);
    expect(socket.reading).toBeTrue();
  });

  test('that is gone is not looked at any more', () => {
    pacedAtByteAMs();
    transport.received(new Uint8Array(100));
    const looks = overdrawnMs.length;
    transport.lost(undefined);
    pass(10_000);
    expect(overdrawnMs).toHaveLength(looks);
    expect(socket.reading).toBeFalse();
  });
});

test('a connection without a pace is read as it comes', () => {
  transport.attach(receiver);
  for (let count = 0; count < 5; count++) transport.received(new Uint8Array(1_000_000));
  expect(socket.reading).toBeTrue();
  expect(got).toHaveLength(5);
});
