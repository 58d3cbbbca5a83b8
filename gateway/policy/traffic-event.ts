export type Direction = 'up' | 'down';

/**
 * One thing a user does, as policy sees it: never bytes, never a protocol's number. The inspection keeps one
 * and fills it again for every message, so that judging a key press allocates nothing.
 */
export interface TrafficEvent {
  kind: TrafficKind;
  /** `up` is from the client into the desktop. */
  direction: Direction;
  /** key: pressed (true) or released. */
  down: boolean;
  /** key: the same number for the press and the release of one key. */
  key: number;
  /** pointer: mask of the buttons that are down. */
  buttons: number;
  /** clipboard: size of the item, or 0 where none is known yet. */
  bytes: number;
}

export type TrafficKind =
  | 'key'
  | 'pointer'
  /** One item of one format. */
  | 'clipboard'
  /** The user asks for another desktop size. */
  | 'desktop_size'
  /** Data for something beside the desktop: a printer, a smart card. */
  | 'side_channel'
  /** Shut down, restart or reset the desktop. */
  | 'power';

export function createTrafficEvent(): TrafficEvent {
  return { kind: 'key', direction: 'up', down: false, key: 0, buttons: 0, bytes: 0 };
}
