/** All relays have to do the same for TLS, or a figure compares ciphers and curves in place of relays. */
import type { Peer } from '../peers/peer.ts';
import { ownName } from '../peers/peers.ts';
import type { Samples } from './samples.ts';
import { onStage, openStreams, say } from './stage.ts';

export interface AgreedTls {
  readonly cipher: string;
  /** Empty when the runtime has no name for it. */
  readonly keyAgreement: string;
}

/** What the load and every relay of the bench have in common, OpenSSL 3.0 under nginx and HAProxy included. */
const wanted: AgreedTls = { cipher: 'TLS_AES_128_GCM_SHA256', keyAgreement: 'X25519' };

/** @returns in words what a relay agreed on other than the rest; undefined: nothing. */
export function differenceOf({ cipher, keyAgreement }: AgreedTls): string | undefined {
  const different = [
    ...(cipher === wanted.cipher ? [] : [`the cipher ${cipher || 'unknown'}`]),
    ...(keyAgreement === wanted.keyAgreement ? [] : [`the key agreement ${keyAgreement || 'unknown'}`]),
  ];
  if (different.length === 0) return undefined;
  return `${different.join(' and ')}, where all others have ${wanted.cipher} and ${wanted.keyAgreement}`;
}

/**
 * One stream through each relay. @returns those whose TLS is another, which the notes then tell: a figure of theirs
 * would mislead. @throws Error when ours is such a one
 */
export async function findUnlike(peers: readonly Peer[], samples: Samples): Promise<ReadonlySet<Peer>> {
  const unlike = new Set<Peer>();
  for (const peer of peers) {
    const agreed = await onStage(peer, { streams: 1 }, stage => openStreams(stage, 1));
    const difference = differenceOf(agreed);
    if (difference === undefined) continue;
    if (peer.name === ownName) throw new Error(`${peer.name} agreed on ${difference}`);
    unlike.add(peer);
    const sentence = `${peer.name} was left out: it agreed on ${difference}`;
    samples.note(sentence);
    say(`*** ${sentence}`);
  }
  samples.note(
    `every relay measured agreed on ${wanted.cipher} and ${wanted.keyAgreement}, but where a row says otherwise`,
  );
  return unlike;
}
