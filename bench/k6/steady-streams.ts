/**
 * Streams that stay, with a user at each: moves the pointer, presses a key, asks for what changed, and measures the way
 * to the desktop and back. The first stream of each session also copies more than the policy allows, which must be
 * refused.
 */
import { check } from 'k6';
import { vu } from 'k6/execution';
import type { Options } from 'k6/options';
import { clearInterval, setInterval, setTimeout } from 'k6/timers';
import { readPolicy, type SessionAccess } from './api.ts';
import { clipboardLimit, isCopyRefused } from './clipboard.ts';
import {
  choiceOption,
  helpText,
  isHelpWanted,
  numberOption,
  sessionOptions,
  takesAnyCertificate,
} from './deployment.ts';
import { refusalCounts, streamMetrics } from './metrics.ts';
import { clientCutText, keyEvent, pointerEvent, updateRequest } from './rfb.ts';
import { closeStage, openStage, type Stage, sessionFor } from './stage.ts';
import { Stream } from './stream.ts';
import { type RunSummary, trendStats, writeSummary } from './summary.ts';

const streams = numberOption('STREAMS', 10, 'streams that stay open');
const durationMs = 1_000 * numberOption('DURATION_S', 30, 'seconds that each stays');
const inputMs = numberOption('INPUT_MS', 100, 'a pointer movement or key press of each, so often');
const probeMs = numberOption('PROBE_MS', 1_000, 'a round trip of each is measured, so often');
const sessions = numberOption('SESSIONS', 1, 'sessions to launch, over which the streams are spread');
const launchTimeMs = numberOption('LAUNCH_MS', 60_000, 'a desktop that is not up by then has failed');
const streamTimeMs = numberOption('STREAM_MS', 10_000, 'a stream that shows nothing by then has failed');
const firstUpdateP95Ms = numberOption('FIRST_UPDATE_P95_MS', 3_000, 'threshold of sluice_first_update');
const roundTripP95Ms = numberOption('ROUND_TRIP_P95_MS', 200, 'threshold of sluice_update_round_trip');
const clipboard = choiceOption(
  'CLIPBOARD',
  'auto',
  'auto: copy too much where the policy has a limit; required; off',
);

export const options: Options = isHelpWanted
  ? { iterations: 1 }
  : {
      insecureSkipTLSVerify: takesAnyCertificate,
      setupTimeout: `${sessions * launchTimeMs}ms`,
      scenarios: {
        steady_streams: {
          executor: 'per-vu-iterations',
          vus: streams,
          iterations: 1,
          maxDuration: `${durationMs + 2 * streamTimeMs}ms`,
        },
      },
      summaryTrendStats: trendStats,
      thresholds: {
        ...refusalCounts,
        sluice_streams_kept: ['rate==1'],
        sluice_first_update: [`p(95)<${firstUpdateP95Ms}`],
        sluice_update_round_trip: [`p(95)<${roundTripP95Ms}`],
        checks: ['rate==1'],
      },
    };

export function setup(): Stage {
  return isHelpWanted ? { sessions: [], login: '' } : openStage(sessions, launchTimeMs);
}

export default function stay(stage: Stage): void {
  if (isHelpWanted) return;
  const turn = vu.idInTest - 1;
  const user = new User(sessionFor(stage, turn), clipboard !== 'off' && turn < stage.sessions.length);
  user.start();
}

/** How often the decisions are asked for until the copy's is there. */
const lookMs = 500;
const shiftKey = 0xffe1;
/** Every so many inputs one is a key. */
const keyEvery = 4;

class User {
  readonly #session: SessionAccess;
  readonly #copies: boolean;
  #inputs = 0;
  #probedAtMs = 0;

  /** @param copies whether this one tries the clipboard too */
  constructor(session: SessionAccess, copies: boolean) {
    this.#session = session;
    this.#copies = copies;
  }

  start(): void {
    const timers: number[] = [];
    new Stream(this.#session, streamTimeMs, {
      onFirstUpdate: stream => {
        stream.send(updateRequest(stream.rfb, true));
        timers.push(setInterval(() => this.#input(stream), inputMs));
        timers.push(setInterval(() => this.#probe(stream), probeMs));
        setTimeout(() => stream.close(), durationMs);
        if (this.#copies) this.#copyTooMuch(stream);
      },
      onUpdate: stream => this.#updated(stream),
      onEnd: ({ end }) => {
        for (const timer of timers) clearInterval(timer);
        check(end, { 'the stream stayed to its end': ended => ended?.wanted === true });
      },
    });
  }

  /** The pointer goes in circles; the key is Shift, which writes nothing into anybody's document. */
  #input(stream: Stream): void {
    if (stream.end !== undefined) return;
    this.#inputs += 1;
    streamMetrics.inputs.add(1);
    if (this.#inputs % keyEvery === 0) {
      stream.send(keyEvent(shiftKey, true));
      stream.send(keyEvent(shiftKey, false));
      return;
    }
    const { width, height } = stream.rfb;
    const angle = this.#inputs / 10;
    const x = Math.round((width / 2) * (1 + 0.5 * Math.cos(angle)));
    const y = Math.round((height / 2) * (1 + 0.5 * Math.sin(angle)));
    stream.send(pointerEvent(x, y));
  }

  /** One pixel, changed or not, is answered at once. */
  #probe(stream: Stream): void {
    if (stream.end !== undefined || this.#probedAtMs !== 0) return;
    this.#probedAtMs = Date.now();
    stream.send(updateRequest({ width: 1, height: 1 }, false));
  }

  #updated(stream: Stream): void {
    if (this.#probedAtMs !== 0) {
      streamMetrics.roundTrip.add(Date.now() - this.#probedAtMs);
      this.#probedAtMs = 0;
    }
    stream.send(updateRequest(stream.rfb, true));
  }

  #copyTooMuch(stream: Stream): void {
    const limit = clipboardLimit(readPolicy(this.#session));
    if (limit === undefined) {
      if (clipboard === 'required')
        check(limit, { 'the policy limits what is copied in': known => known !== undefined });
      return;
    }
    const before = readPolicy(this.#session);
    stream.send(clientCutText('x'.repeat(limit + 1)));
    const givenUpAtMs = Date.now() + streamTimeMs;
    // Nothing tells a client that its copy has been judged; the session's last decisions do.
    const looks = setInterval(() => {
      const isRefused = isCopyRefused(before, readPolicy(this.#session));
      if (!isRefused && Date.now() < givenUpAtMs) return;
      clearInterval(looks);
      check(isRefused, { 'a copy over the limit is refused': refused => refused });
    }, lookMs);
  }
}

export function teardown(stage: Stage): void {
  closeStage(stage);
}

export function handleSummary(run: RunSummary): Record<string, string> {
  const purpose =
    'Streams that stay, with a user at each; measures the way to the desktop and back, and tries to copy too much.';
  return writeSummary(run, 'steady streams', helpText('bench/k6/steady-streams.ts', purpose, sessionOptions));
}
