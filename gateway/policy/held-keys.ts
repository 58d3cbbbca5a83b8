import { modifiersOf, plainKeysym } from '../../config/key-combination.ts';
import { shiftedCharacterCodes } from '../../config/key-names.ts';

/** XT codes are smaller than this; QEMU reads no more bits of one. */
export const keyCodesMax = 0x1_0000;
/** Room in a key's number for every code, and for none. */
const codeRoom = 2 * keyCodesMax;
const keysymBitsCut = 0xffff;

/**
 * The number of a key: of its symbol together with its code, and of whether the message had room for one.
 * @param code below `keyCodesMax`; −1 where the message has none, which is not the same as 0.
 */
export function keyNumber(keysym: number, code: number): number {
  return keysym * codeRoom + (code < 0 ? 0 : keyCodesMax + code);
}

const keysymOf = (key: number): number => Math.floor(key / codeRoom);
const codeOf = (key: number): number => (key % codeRoom) % keyCodesMax;

/**
 * Keys whose press passed and whose release has not come. Servers differ in what a key is: its symbol, its code, or its
 * code where it has one; and what lets go of it for one of them does nothing to another. So a key is held until a release
 * names both as its press did, which lets go of it for all of them: what any server may believe to be down, is held here.
 *
 * Answers in a time that does not grow with their number: presses come by the hundred thousand in a second if a client
 * wants it, each asks for every combination that is blocked, and hundreds of keys can be down.
 */
export class HeldKeys {
  readonly #keys = new Set<number>();
  readonly #asQemu: boolean;
  /** How many held keys are the modifier of each bit. */
  #modifierCounts: number[] | undefined;
  /** How many are the key of this plain symbol, and of this code. */
  #symbolCounts: Map<number, number> | undefined;
  #codeCounts: Map<number, number> | undefined;

  /**
   * @param asQemu the server may be QEMU, which reads 16 bits of a symbol and then looks for the key that has it, with
   * Shift or without.
   */
  constructor(asQemu = false) {
    this.#asQemu = asQemu;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** @param key a `keyNumber`. */
  has(key: number): boolean {
    return this.#keys.has(key);
  }

  /** @param key a `keyNumber`. */
  press(key: number): void {
    if (this.#keys.has(key)) return;
    this.#keys.add(key);
    this.#count(key, 1);
  }

  /** @param key a `keyNumber`. @returns whether it was held. */
  release(key: number): boolean {
    if (!this.#keys.delete(key)) return false;
    this.#count(key, -1);
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

  /** Whether a server may take this symbol and code for the key of a plain symbol or one of some XT codes. */
  isKey(keysym: number, code: number, plainSymbol: number, codes: readonly number[]): boolean {
    if (plainKeysym(keysym) === plainSymbol || codes.includes(code)) return true;
    if (!this.#asQemu) return false;
    const cut = keysym & keysymBitsCut;
    return plainKeysym(cut) === plainSymbol || codes.includes(shiftedPlace(cut));
  }

  /** Bits of the modifiers for which a server may take this symbol and code. */
  modifiersOf(keysym: number, code: number): number {
    const bits = modifiersOf(keysym, code);
    return this.#asQemu ? bits | modifiersOf(keysym & keysymBitsCut, 0) : bits;
  }

  #count(key: number, by: 1 | -1): void {
    const keysym = keysymOf(key);
    const code = codeOf(key);
    this.#symbolCounts ??= new Map();
    this.#codeCounts ??= new Map();
    add(this.#symbolCounts, plainKeysym(keysym), by);
    add(this.#codeCounts, code, by);
    if (this.#asQemu) {
      add(this.#symbolCounts, plainKeysym(keysym & keysymBitsCut), by);
      add(this.#codeCounts, shiftedPlace(keysym & keysymBitsCut), by);
    }
    this.#modifierCounts ??= [];
    for (let bits = this.modifiersOf(keysym, code); bits !== 0; bits &= bits - 1) {
      const bit = 31 - Math.clz32(bits & -bits);
      this.#modifierCounts[bit] = (this.#modifierCounts[bit] ?? 0) + by;
    }
  }
}

/** XT code of the key that types this character with Shift; 0 for others. */
const shiftedPlace = (keysym: number): number => shiftedCharacterCodes.get(keysym) ?? 0;

function add(counts: Map<number, number>, of: number, by: 1 | -1): void {
  const count = (counts.get(of) ?? 0) + by;
  if (count === 0) counts.delete(of);
  else counts.set(of, count);
}
