/**
 * Policies come as JSON text with every grant, and few are different: those that say the same become one document, read
 * and checked once, which is also how their compiled form is found without a look inside. Pure.
 */
import type { PolicyDocument } from '../../config/policy.ts';

/** As many as have a compiled form that is kept; above it, the one that came first is forgotten. */
const policiesMax = 1024;

export class SharedPolicies {
  readonly #policies = new Map<string, PolicyDocument>();
  readonly #max: number;

  constructor(max: number = policiesMax) {
    this.#max = max;
  }

  /**
   * @param key the text, and whatever else the document hangs on
   * @param read called when the key is new
   * @throws as `read`; the key is new then next time, too
   */
  of(key: string, read: () => PolicyDocument): PolicyDocument {
    const known = this.#policies.get(key);
    if (known !== undefined) return known;
    const policy = read();
    this.#policies.set(key, policy);
    if (this.#policies.size > this.#max) this.#policies.delete(this.#policies.keys().next().value!);
    return policy;
  }
}
