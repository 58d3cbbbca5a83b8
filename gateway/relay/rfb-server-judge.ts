import { evaluate } from '../policy/evaluate.ts';
import { serverMessages } from '../rfb/numbers.ts';
import { type Judgement, type PolicyInForce, RfbClipboardJudge } from './rfb-clipboard-judge.ts';

/** Judges the whole messages that a server splitter gives. */
export class RfbServerJudge {
  readonly #force: PolicyInForce;
  readonly #clipboard: RfbClipboardJudge;

  constructor(force: PolicyInForce) {
    this.#force = force;
    this.#clipboard = new RfbClipboardJudge(force, 'down');
  }

  judge(bytes: Uint8Array, start: number, end: number): Judgement {
    switch (bytes[start]!) {
      case serverMessages.serverCutText:
        return this.#clipboard.cutText(bytes, start, end);
      case serverMessages.binaryClipboard:
        return this.#clipboard.binary(bytes, start, end);
      case serverMessages.upgradeToUdp:
        return 'drop'; // an invitation to send pixels where nobody inspects them
      default: // the two relay messages
        this.#force.event.kind = 'side_channel';
        this.#force.event.direction = 'down';
        return evaluate(this.#force.policy, this.#force.state, this.#force.event) === 'pass'
          ? 'pass'
          : 'drop';
    }
  }
}
