/** What travels with a request through the HTTP side of control. */
import type { UserId } from '../../config/ids.ts';

/** Who calls: an authenticated, unlocked user. */
export interface Caller {
  readonly userId: UserId;
  readonly username: string;
  /** Member of a group with global_admin. */
  readonly isAdmin: boolean;
  readonly loginId: string;
  readonly via: 'bearer' | 'cookie';
}

export interface ControlEnv {
  Bindings: {
    /** The peer's address: the gateway's when it proxies. */
    readonly peerAddress: string;
  };
  Variables: { requestId: string };
}
