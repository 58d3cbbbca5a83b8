/** The scripts' own metrics, beside k6's. Milliseconds where a time is meant. */
import { Counter, Rate, Trend } from 'k6/metrics';

const isTime = true;

export const streamMetrics = {
  /** From the dial to the answer 101. */
  open: new Trend('sluice_stream_open', isTime),
  /** From the dial to the last byte of the first FramebufferUpdate. */
  firstUpdate: new Trend('sluice_first_update', isTime),
  /** From a request for one pixel to the next update: the way through the relay and back. */
  roundTrip: new Trend('sluice_update_round_trip', isTime),
  /** Streams that ended as the script meant them to, of all that were dialled. */
  wanted: new Rate('sluice_streams_kept'),
  /** Those that did not, by close code. */
  broken: new Counter('sluice_streams_broken'),
  updates: new Counter('sluice_updates'),
  /** Messages of the user: keys and pointer. */
  inputs: new Counter('sluice_inputs'),
  bytesReceived: new Counter('sluice_rfb_bytes_received'),
  bytesSent: new Counter('sluice_rfb_bytes_sent'),
};

export const sessionMetrics = {
  /** From request_kasm to a desktop that runs. */
  launch: new Trend('sluice_session_launch', isTime),
  /** From destroy_kasm until the session is gone. */
  destroy: new Trend('sluice_session_destroy', isTime),
  /** Lives that went right from login to end. */
  lives: new Rate('sluice_session_lives'),
};

/** HTTP statuses with which a gateway refuses a stream. */
const refusals = [401, 403, 404, 429, 503];

/** Thresholds that always hold: k6 counts by tag only what a threshold names. The summary shows the counts. */
export const refusalCounts: Record<string, string[]> = Object.fromEntries(
  refusals.map(status => [`ws_sessions{status:${status}}`, ['count>=0']]),
);
