/** The secret side of sessions: how a desktop is reached and with what. Read for gateways only. */
import type { SessionId, UserId } from '../../config/ids.ts';
import type { Db } from '../db/connect.ts';
import type { SessionStatus } from './session.ts';

export interface StreamFacts {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly username: string;
  /** Locked or disabled. */
  readonly userBarred: boolean;
  readonly status: SessionStatus;
  readonly tokenGeneration: number;
  readonly policyVersion: number;
  readonly imageFriendlyName: string;
  /** The image's data_loss_prevention document, as it is stored. */
  readonly imageDataLossPrevention: Readonly<Record<string, unknown>>;
  /** Whether KasmVNC in the image's desktops is told what of its policy only it can do. */
  readonly imageTellKasmvnc: boolean;
  readonly upstream: {
    readonly protocol: 'kasmvnc' | 'rfb';
    readonly address: string;
    readonly authorization: string;
    readonly password: string;
    readonly tlsVerify: boolean;
  } | null;
}

export class StreamStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async find(sessionId: SessionId): Promise<StreamFacts | undefined> {
    const rows = await this.#db<StreamFacts[]>`
      select s.session_id as "sessionId", s.user_id as "userId", u.username,
        u.locked or u.disabled as "userBarred", s.operational_status as status,
        s.token_generation as "tokenGeneration", s.policy_version as "policyVersion",
        i.friendly_name as "imageFriendlyName", i.data_loss_prevention as "imageDataLossPrevention",
        i.tell_kasmvnc as "imageTellKasmvnc",
        case when p.session_id is not null then json_build_object('protocol', p.protocol, 'address', p.upstream,
          'authorization', p.upstream_authorization, 'password', p.upstream_password,
          'tlsVerify', p.upstream_tls_verify) end as upstream
      from session s join user_account u using (user_id) join image i using (image_id)
        left join session_upstream p using (session_id)
      where s.session_id = ${sessionId}`;
    return rows[0];
  }
}
