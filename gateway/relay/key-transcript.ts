import { modifiersOf } from '../../config/key-combination.ts';
import { namedKeys } from '../../config/key-names.ts';

/** As KasmVNC's verbose log: a line is written at Return, after so many keys, or after a pause. */
const keysMax = 100;
const pauseMs = 60_000;
const returnKeysyms: ReadonlySet<number> = new Set([0xff0d, 0xff8d]);

const names: ReadonlyMap<number, string> = new Map(
  Object.entries(namedKeys).map(([name, { keysym }]) => [keysym, name]),
);

/** Keys as text, for the one level of logging that asks for what was typed. */
export class KeyTranscript {
  readonly #onLine: (keys: string) => void;
  #line = '';
  #count = 0;
  #lastMs = 0;

  constructor(onLine: (keys: string) => void) {
    this.#onLine = onLine;
  }

  add(keysym: number, code: number, nowMs: number): void {
    if (nowMs - this.#lastMs >= pauseMs) this.flush();
    this.#lastMs = nowMs;
    if (modifiersOf(keysym, code) !== 0) return;
    this.#line += keyText(keysym, code);
    this.#count++;
    if (this.#count >= keysMax || returnKeysyms.has(keysym)) this.flush();
  }

  flush(): void {
    if (this.#count === 0) return;
    const line = this.#line;
    this.#line = '';
    this.#count = 0;
    this.#onLine(line);
  }
}

function keyText(keysym: number, code: number): string {
  if (keysym === 0) return `<code 0x${code.toString(16)}>`;
  if ((keysym >= 0x20 && keysym < 0x7f) || (keysym >= 0xa0 && keysym < 0x100))
    return String.fromCodePoint(keysym);
  const unicode = keysym - 0x0100_0000;
  if (unicode >= 0x100 && unicode <= 0x10_ffff) return String.fromCodePoint(unicode);
  return `<${names.get(keysym) ?? `0x${keysym.toString(16)}`}>`;
}
