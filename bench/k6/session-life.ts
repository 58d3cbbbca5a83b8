/** The whole way of a user, over and over: log in, launch, open the stream, see the desktop, end the session. */
import { check } from 'k6';
import type { Options } from 'k6/options';
import { destroySession, findImage, launchSession, logIn, type SessionAccess } from './api.ts';
import { helpText, isHelpWanted, numberOption, takesAnyCertificate } from './deployment.ts';
import { refusalCounts, sessionMetrics } from './metrics.ts';
import { Stream } from './stream.ts';
import { type RunSummary, trendStats, writeSummary } from './summary.ts';

const users = numberOption('USERS', 1, 'lives at the same time; the user must be allowed so many sessions');
const lives = numberOption('LIVES', 3, 'lives in all');
const launchTimeMs = numberOption('LAUNCH_MS', 60_000, 'a desktop that is not up by then has failed');
const streamTimeMs = numberOption('STREAM_MS', 10_000, 'a stream that shows nothing by then has failed');
const launchP95Ms = numberOption('LAUNCH_P95_MS', 30_000, 'threshold of sluice_session_launch');
const firstUpdateP95Ms = numberOption('FIRST_UPDATE_P95_MS', 3_000, 'threshold of sluice_first_update');

export const options: Options = isHelpWanted
  ? { iterations: 1 }
  : {
      insecureSkipTLSVerify: takesAnyCertificate,
      scenarios: {
        session_life: { executor: 'shared-iterations', vus: users, iterations: lives, maxDuration: '1h' },
      },
      summaryTrendStats: trendStats,
      thresholds: {
        ...refusalCounts,
        sluice_session_lives: ['rate==1'],
        sluice_streams_kept: ['rate==1'],
        sluice_session_launch: [`p(95)<${launchP95Ms}`],
        sluice_first_update: [`p(95)<${firstUpdateP95Ms}`],
        http_req_failed: ['rate<0.01'],
        checks: ['rate==1'],
      },
    };

export default function live(): void {
  if (isHelpWanted) return;
  // What throws on the way leaves this as it is: k6 prints the error and goes on with the next life.
  const life = new Life();
  try {
    life.start();
  } catch (error) {
    life.finish();
    throw error;
  }
}

class Life {
  #login = '';
  #session: SessionAccess | undefined;
  #sawDesktop = false;

  start(): void {
    this.#login = logIn();
    const imageId = findImage(this.#login);
    const startedMs = Date.now();
    this.#session = launchSession(this.#login, imageId, launchTimeMs);
    sessionMetrics.launch.add(Date.now() - startedMs);
    new Stream(this.#session, streamTimeMs, {
      onFirstUpdate: stream => {
        this.#sawDesktop = true;
        stream.close();
      },
      onEnd: stream => {
        check(stream, {
          'the desktop was seen': ({ rfb }) => rfb.updates > 0 && rfb.width > 0 && rfb.height > 0,
          'the stream ended as meant': ({ end }) => end?.wanted === true,
        });
        this.finish();
      },
    });
  }

  /** Ends the session and counts the life. */
  finish(): void {
    const session = this.#session;
    let isGone = false;
    if (session !== undefined) {
      const startedMs = Date.now();
      isGone = destroySession(this.#login, session.sessionId);
      sessionMetrics.destroy.add(Date.now() - startedMs);
      check(isGone, { 'the session is gone after its end': gone => gone });
    }
    sessionMetrics.lives.add(this.#sawDesktop && isGone);
  }
}

export function handleSummary(run: RunSummary): Record<string, string> {
  const purpose =
    'Logs in, launches a session, opens its stream, sees the desktop, ends the session; over and over.';
  return writeSummary(run, 'session lives', helpText('bench/k6/session-life.ts', purpose));
}
