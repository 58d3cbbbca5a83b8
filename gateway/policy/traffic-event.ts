export type Direction = 'up' | 'down';

/**
 * One thing a user does, as policy sees it: never bytes, never a protocol's number. The inspection keeps one
 * and fills it again for every message, so that judging a key press allocates nothing.
 */
export interface TrafficEvent {
  kind: TrafficKind;
  /** Milliseconds of a clock that does not run backwards; read for keys. */
  nowMs: number;
  /** key: pressed (true) or released. */
  down: boolean;
  /** key: `keyNumber` of symbol and code, the same for the press and the release of one key. */
  key: number;
  /** key: X11 keysym, 0 when none was given. */
  keysym: number;
  /** key: XT scan code, 0 when none was given. */
  code: number;
  /** pointer: mask of the buttons that are down. After `evaluate`: those that may be down. */
  buttons: number;
  /** pointer: where it is; −1 when that cannot be known, as with relative motion. */
  x: number;
  y: number;
  /** pointer: it turns a wheel without moving, beside what the buttons do. */
  scrolls: boolean;
}

export type TrafficKind =
  | 'key'
  | 'pointer'
  /** The user asks for another desktop size. */
  | 'resize'
  /** Shut down, restart or reset the desktop. */
  | 'power'
  /** Wishes for the picture that hold for everyone who sees the desktop. */
  | 'quality'
  /** Numbers about the server and its connections. */
  | 'statistics'
  /** Data for something beside the desktop. */
  | 'printer'
  | 'smart_card'
  | 'other_relay';

export function createTrafficEvent(): TrafficEvent {
  return {
    kind: 'key',
    nowMs: 0,
    down: false,
    key: 0,
    keysym: 0,
    code: 0,
    buttons: 0,
    x: 0,
    y: 0,
    scrolls: false,
  };
}
