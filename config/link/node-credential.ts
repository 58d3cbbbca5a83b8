/** What a node shows control: its own credential, or the enrolment token while it has none that control knows. */
import { readFile } from 'node:fs/promises';
import { errorText, type Log } from '../log.ts';
import { Secret } from '../secret.ts';
import type { Welcome } from './link-client.ts';
import { readNodeIdentity, writeNodeIdentity } from './node-identity.ts';

export interface NodeCredentialOptions {
  /** Keeps the credential, in node.json, mode 0600. */
  readonly dataDir: string;
  readonly enrolmentTokenFile: string;
  readonly log: Log;
}

export class NodeCredential {
  readonly #options: NodeCredentialOptions;
  readonly #enrolment: Secret | undefined;
  #own: Secret | undefined;
  #enrolAnew = false;

  /** @throws Error when the node has no credential and the enrolment token can't be read, or node.json is damaged. */
  static async open(options: NodeCredentialOptions): Promise<NodeCredential> {
    const identity = await readNodeIdentity(options.dataDir);
    const own = identity === undefined ? undefined : new Secret(identity.credential);
    const { enrolmentTokenFile: file } = options;
    try {
      // Read even by a node that has its credential: control may have been set up anew meanwhile.
      const enrolment = new Secret((await readFile(file, 'utf8')).trim());
      return new NodeCredential(options, own, enrolment);
    } catch (error) {
      if (own !== undefined) return new NodeCredential(options, own, undefined);
      throw new Error(`the enrolment token file ${file} can't be read: ${errorText(error)}`);
    }
  }

  constructor(options: NodeCredentialOptions, own: Secret | undefined, enrolment: Secret | undefined) {
    this.#options = options;
    this.#own = own;
    this.#enrolment = enrolment;
  }

  /** For the next dial. */
  token(): string {
    const shown = this.#enrolAnew ? this.#enrolment : (this.#own ?? this.#enrolment);
    return shown?.reveal() ?? '';
  }

  /** Control refused what was shown: the next dial shows the other one. */
  refused(): void {
    this.#enrolAnew = !this.#enrolAnew && this.#enrolment !== undefined;
  }

  /** Takes the credential of a Welcome, if it has one, and keeps it. */
  welcomed({ nodeId, credential }: Welcome): void {
    if (credential === undefined) return;
    this.#own = new Secret(credential);
    this.#enrolAnew = false;
    const { dataDir, log } = this.#options;
    writeNodeIdentity(dataDir, { node_id: nodeId, credential }).catch(error => {
      log.error('the credential was not kept: the next start enrols anew', {
        file: dataDir,
        error: errorText(error),
      });
    });
  }
}
