import { modifiersOf, plainKeysym } from '../../config/key-combination.ts';

/** Keys without a symbol have numbers from here on: keysyms have 32 bits. */
export const keyCodeBase = 2 ** 32;

/**
 * Keys whose press passed and whose release has not come. Answers in a time that does not grow with their number:
 * presses come by the hundred thousand in a second if a client wants it, each asks for every combination that is blocked,
 * and hundreds of keys can be down.
 */
export class HeldKeys {
  /** Key to XT code. */
  readonly #codes = new Map<number, number>();
  /** How many held keys are the modifier of each bit. */
  #modifierCounts: number[] | undefined;
  /** How many are the key of this plain symbol, and of this code. */
  #symbolCounts: Map<number, number> | undefined;
  #codeCounts: Map<number, number> | undefined;

  get size(): number {
    return this.#codes.size;
  }

  has(key: number): boolean {
    return this.#codes.has(key);
  }

  /** @param key a keysym, or `keyCodeBase` and more where there is none. */
  press(key: number, code: number): void {
    const before = this.#codes.get(key);
    if (before === code) return;
    if (before !== undefined) this.#count(key, before, -1);
    this.#codes.set(key, code);
    this.#count(key, code, 1);
  }

  /** @returns whether it was held. */
  release(key: number): boolean {
    const code = this.#codes.get(key);
    if (code === undefined) return false;
    this.#codes.delete(key);
    this.#count(key, code, -1);
    return true;
  }

  /** Bits of the modifiers that are held. */
  get modifiers(): number {
    let bits = 0;
    this.#modifierCounts?.forEach((count, bit) => {
      if (count > 0) bits |= 1 << bit;
    });
    return bits;
  }

  /** Whether a key of this plain symbol or one of these XT codes is held. */
  hasKey(plainSymbol: number, codes: readonly number[]): boolean {
    if (this.#symbolCounts?.has(plainSymbol) === true) return true;
    return codes.some(code => this.#codeCounts?.has(code) === true);
  }

  #count(key: number, code: number, by: 1 | -1): void {
    const keysym = key < keyCodeBase ? key : 0;
    this.#symbolCounts ??= new Map();
    this.#codeCounts ??= new Map();
    add(this.#symbolCounts, plainKeysym(keysym), by);
    add(this.#codeCounts, code, by);
    this.#modifierCounts ??= [];
    for (let bits = modifiersOf(keysym, code); bits !== 0; bits &= bits - 1) {
      const bit = 31 - Math.clz32(bits & -bits);
      this.#modifierCounts[bit] = (this.#modifierCounts[bit] ?? 0) + by;
    }
  }
}

function add(counts: Map<number, number>, of: number, by: 1 | -1): void {
  const count = (counts.get(of) ?? 0) + by;
  if (count === 0) counts.delete(of);
  else counts.set(of, count);
}
