/**
 * Which keys a desktop holds down after what reached it, for each way in which servers follow keys. Written apart from
 * the gateway's own; where the servers differ, a blocked combination must show in none of them.
 */
import { takenBy } from './desktop-model.ts';

export const keyServers = ['tigervnc', 'kasmvnc', 'qemu', 'qemu with a layout'] as const;
export type KeyServer = (typeof keyServers)[number];

interface KeyEvent {
  readonly down: boolean;
  readonly keysym: number;
  /** Undefined in the standard message, which has none. */
  readonly code: number | undefined;
}

/** The keys of these attacks: Control left and right, and the letters p and x. */
type Key = 'Control' | 'p' | 'x';

const bySymbol: ReadonlyMap<number, Key> = new Map([
  [0xffe3, 'Control'],
  [0xffe4, 'Control'],
  [0x70, 'p'],
  [0x50, 'p'],
  [0x78, 'x'],
]);
const byPlace: ReadonlyMap<number, Key> = new Map([
  [0x1d, 'Control'],
  [0x9d, 'Control'],
  [0x19, 'p'],
  [0x2d, 'x'],
]);
const placeOfSymbol: ReadonlyMap<number, number> = new Map([
  [0xffe3, 0x1d],
  [0xffe4, 0x9d],
  [0x70, 0x19],
  [0x50, 0x19],
  [0x78, 0x2d],
]);
const unicodeKeysyms = 0x0100_0000;

const symbolKey = (keysym: number): Key | undefined =>
  bySymbol.get(keysym >= unicodeKeysyms ? keysym - unicodeKeysyms : keysym);

/** One server's keyboard. */
interface Keyboard {
  take(event: KeyEvent): void;
  /** What is down, as programs on the desktop see it. */
  readonly down: ReadonlySet<Key>;
}

/**
 * TigerVNC, and KasmVNC, which comes of it: a key is its code, else its symbol; one that is down keeps the symbol it went
 * down with; a QEMU key event without a code is ignored. Either the symbol or, with RawKeyboard, the code acts.
 */
class TigerKeyboard implements Keyboard {
  readonly #held = new Map<number, number>();
  readonly #raw: boolean;

  constructor(raw: boolean) {
    this.#raw = raw;
  }

  take({ down, keysym, code }: KeyEvent): void {
    if (code === 0) return;
    const lookup = code ?? (0x8000_0000 | keysym) >>> 0;
    if (!down) this.#held.delete(lookup);
    else this.#held.set(lookup, this.#held.get(lookup) ?? keysym);
  }

  get down(): Set<Key> {
    const keys = new Set<Key>();
    for (const [lookup, keysym] of this.#held) {
      const key = (this.#raw ? byPlace.get(lookup) : undefined) ?? symbolKey(keysym);
      if (key !== undefined) keys.add(key);
    }
    return keys;
  }
}

/**
 * QEMU: a key is a place, of which it reads 16 bits; a symbol, of which it reads as many, is looked up in its layout for
 * one. With a layout of its own (`-k`) it does that for every key.
 */
class QemuKeyboard implements Keyboard {
  readonly #held = new Set<number>();
  readonly #layout: boolean;

  constructor(layout: boolean) {
    this.#layout = layout;
  }

  take({ down, keysym, code }: KeyEvent): void {
    const mapped = placeOfSymbol.get(keysym & 0xffff) ?? 0;
    const place = code === undefined || this.#layout ? mapped : code & 0xffff;
    if (down) this.#held.add(place);
    else this.#held.delete(place);
  }

  get down(): Set<Key> {
    return new Set([...this.#held].flatMap(place => byPlace.get(place) ?? []));
  }
}

const keyboards: Readonly<Record<KeyServer, () => Keyboard>> = {
  tigervnc: () => new TigerKeyboard(false),
  kasmvnc: () => new TigerKeyboard(true),
  qemu: () => new QemuKeyboard(false),
  'qemu with a layout': () => new QemuKeyboard(true),
};

/** What such a desktop makes of all that reached it. */
export function keysSeenBy(
  server: KeyServer,
  upstream: Uint8Array,
): { readonly controlP: boolean; readonly left: readonly Key[] } {
  const keyboard = keyboards[server]();
  let controlP = false;
  for (const { type, start } of takenBy(server === 'kasmvnc' ? 'kasmvnc' : 'rfb', upstream)) {
    if (type !== 4 && type !== 255) continue;
    keyboard.take(keyEventAt(upstream, type, start));
    const { down } = keyboard;
    controlP ||= down.has('Control') && down.has('p');
  }
  return { controlP, left: [...keyboard.down] };
}

function keyEventAt(bytes: Uint8Array, type: number, start: number): KeyEvent {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  if (type === 4) return { down: view.getUint8(1) !== 0, keysym: view.getUint32(4), code: undefined };
  return { down: view.getUint16(2) !== 0, keysym: view.getUint32(4), code: view.getUint32(8) };
}
