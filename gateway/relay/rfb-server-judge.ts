import { limits } from '../../config/limits.ts';
import { evaluate } from '../policy/evaluate.ts';
import type { EncodingSet } from '../rfb/encoding-set.ts';
import { serverMessages } from '../rfb/numbers.ts';
import type { PixelSwitch } from '../rfb/pixel-switch.ts';
import { DecodeError } from '../wire/decode-error.ts';
import {
  type Judgement,
  type PolicyInForce,
  RfbClipboardJudge,
  type TranslatedPictures,
} from './rfb-clipboard-judge.ts';
import { relayKind, relayName } from './rfb-relay-kind.ts';

/** Judges the whole messages that a server splitter gives. */
export class RfbServerJudge {
  readonly #force: PolicyInForce;
  readonly #clipboard: RfbClipboardJudge;
  readonly #pixelSwitch: PixelSwitch;
  readonly #encodings: EncodingSet;

  constructor(
    force: PolicyInForce,
    pixelSwitch: PixelSwitch,
    encodings: EncodingSet,
    translated: TranslatedPictures | undefined,
  ) {
    this.#force = force;
    this.#pixelSwitch = pixelSwitch;
    this.#encodings = encodings;
    this.#clipboard = new RfbClipboardJudge(force, 'down', encodings, translated);
  }

  /** @param skippedBytes size of a clipboard message that was too large to be held; else 0. */
  judge(bytes: Uint8Array, start: number, end: number, skippedBytes = 0): Judgement {
    if (skippedBytes > 0) return this.#clipboard.skipped(skippedBytes, limits.serverMessageBytesMax);
    switch (bytes[start]!) {
      case serverMessages.serverCutText:
        return this.#clipboard.cutText(bytes, start, end);
      case serverMessages.binaryClipboard:
        return this.#clipboard.binary(bytes, start, end);
      case serverMessages.serverFence:
        return this.#pixelSwitch.serverFence(bytes, start, end);
      case serverMessages.upgradeToUdp:
        this.#force.reporter.input('udp', 'disabled', 'down');
        return 'drop';
      case serverMessages.unixRelay:
        return this.#relay(bytes, start);
      default: // the answer to a subscription, which does not say to which
        return this.#answer();
    }
  }

  #relay(bytes: Uint8Array, start: number): Judgement {
    const { policy, state, event, reporter } = this.#force;
    const name = relayName(bytes, start);
    event.kind = relayKind(name);
    const verdict = evaluate(policy, state, event);
    if (verdict === 'pass') {
      if (this.#encodings.hasRelay(name)) return 'pass';
      throw new DecodeError(
        'out_of_order',
        `data came to relay ${name}, which was not asked for`,
        'relay name',
      );
    }
    // One who may only watch asked for none: it is another viewer's.
    if (verdict === 'view_only') reporter.dropped('relay', verdict, 'down');
    else reporter.input('relay', verdict, 'down');
    return 'drop';
  }

  #answer(): Judgement {
    const { printer, smartCard, otherRelays } = this.#force.policy;
    if ([printer, smartCard, otherRelays].includes('pass')) return 'pass';
    if (otherRelays !== 'pass') this.#force.reporter.dropped('relay', otherRelays, 'down');
    return 'drop';
  }
}
