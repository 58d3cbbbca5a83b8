/** Many connections a second: each dials, is authorised, sees the whole screen once and leaves. */

import { scenario } from 'k6/execution';
import type { Options } from 'k6/options';
import { helpText, isHelpWanted, numberOption, sessionOptions, takesAnyCertificate } from './deployment.ts';
import { refusalCounts } from './metrics.ts';
import { closeStage, openStage, type Stage, sessionFor } from './stage.ts';
import { Stream } from './stream.ts';
import { type RunSummary, trendStats, writeSummary } from './summary.ts';

const rate = numberOption('RATE', 20, 'new streams a second');
const durationSeconds = numberOption('DURATION_S', 30, 'seconds of it');
const sessions = numberOption('SESSIONS', 1, 'sessions to launch, over which the streams are spread');
const usersMax = numberOption('USERS_MAX', 500, 'streams that may be open at once before k6 leaves some out');
const launchTimeMs = numberOption('LAUNCH_MS', 60_000, 'a desktop that is not up by then has failed');
const streamTimeMs = numberOption('STREAM_MS', 10_000, 'a stream that shows nothing by then has failed');
const keptRate = numberOption('KEPT_RATE', 0.999, 'threshold of sluice_streams_kept, from 0 to 1');
const openP95Ms = numberOption('OPEN_P95_MS', 500, 'threshold of sluice_stream_open');
const firstUpdateP95Ms = numberOption('FIRST_UPDATE_P95_MS', 3_000, 'threshold of sluice_first_update');

/** Users made before the storm suffice when the streams take so long. */
const readySeconds = 5;

export const options: Options = isHelpWanted
  ? { iterations: 1 }
  : {
      insecureSkipTLSVerify: takesAnyCertificate,
      setupTimeout: `${sessions * launchTimeMs}ms`,
      scenarios: {
        connect_storm: {
          executor: 'constant-arrival-rate',
          rate,
          timeUnit: '1s',
          duration: `${durationSeconds}s`,
          // Users made in the middle of the storm come late, and k6 leaves out what they should have opened.
          preAllocatedVUs: Math.min(usersMax, rate * Math.min(durationSeconds, readySeconds)),
          maxVUs: usersMax,
          gracefulStop: `${streamTimeMs}ms`,
        },
      },
      summaryTrendStats: trendStats,
      thresholds: {
        ...refusalCounts,
        sluice_streams_kept: [`rate>=${keptRate}`],
        sluice_stream_open: [`p(95)<${openP95Ms}`],
        sluice_first_update: [`p(95)<${firstUpdateP95Ms}`],
        // k6 could not keep up: its figures are then about k6, not about the gateway.
        dropped_iterations: ['count==0'],
      },
    };

export function setup(): Stage {
  return isHelpWanted ? { sessions: [], login: '' } : openStage(sessions, launchTimeMs);
}

export default function connect(stage: Stage): void {
  if (isHelpWanted) return;
  const session = sessionFor(stage, scenario.iterationInTest);
  new Stream(session, streamTimeMs, { onFirstUpdate: stream => stream.close() });
}

export function teardown(stage: Stage): void {
  closeStage(stage);
}

export function handleSummary(run: RunSummary): Record<string, string> {
  const purpose = 'Opens many streams a second; each sees the whole screen once and leaves.';
  return writeSummary(run, 'connect storm', helpText('bench/k6/connect-storm.ts', purpose, sessionOptions));
}
