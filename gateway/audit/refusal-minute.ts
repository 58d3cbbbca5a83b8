/**
 * Which of a minute's refused streams are told one by one, and how many there were besides: anybody can have streams
 * refused, as fast as the network goes, and must fill neither the log nor the trail by it.
 */
import { addressKey } from '../../config/address-range.ts';

/** Of one address for one reason, told one by one in a minute. */
export const toldOfOneMax = 10;
/** Of all addresses together; and so many addresses are told apart. */
export const toldMax = 500;

export interface RefusalCount {
  /** Of one IPv4 address or one IPv6 /64; empty: of all that were not told apart. */
  readonly address: string;
  readonly refusal: string;
  readonly count: number;
}

interface Entry {
  readonly address: string;
  readonly refusal: string;
  told: number;
  count: number;
}

export class RefusalMinute {
  readonly #counts = new Map<string, Entry>();
  #told = 0;

  /** One more was refused. @returns whether to tell it; otherwise it is counted, for `end`. */
  take(address: string, refusal: string): boolean {
    const entry = this.#entryOf(addressKey(address), refusal);
    if (entry.address !== '' && entry.told < toldOfOneMax && this.#told < toldMax) {
      entry.told += 1;
      this.#told += 1;
      return true;
    }
    entry.count += 1;
    return false;
  }

  /** What was not told, by address and refusal. The next minute begins. */
  end(): RefusalCount[] {
    const counts = [...this.#counts.values()].filter(({ count }) => count > 0);
    this.#counts.clear();
    this.#told = 0;
    return counts.map(({ address, refusal, count }) => ({ address, refusal, count }));
  }

  #entryOf(address: string, refusal: string): Entry {
    const key = `${refusal} ${address}`;
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    if (address !== '' && this.#counts.size >= toldMax) return this.#entryOf('', refusal);
    const entry = { address, refusal, told: 0, count: 0 };
    this.#counts.set(key, entry);
    return entry;
  }
}
