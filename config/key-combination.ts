/** Key combinations as an administrator writes them: `Print`, `Control+p`, `Control+Shift+i`, `0xff61`. Pure. */
import {
  characterCodes,
  keysymAliases,
  modifierCodes,
  modifierKeysyms,
  modifierNames,
  namedKeys,
} from './key-names.ts';

export interface KeyCombination {
  /** Bits of `modifierBits` that must be down. */
  readonly modifiers: number;
  /** Keysym of the key beside them, in its plain form (`plainKeysym`); 0 for modifiers alone. */
  readonly keysym: number;
  /** XT codes of that key on a US keyboard; none for a key that was given by number. */
  readonly codes: readonly number[];
}

/**
 * Reads a combination: names joined by `+`, modifiers and at most one other key. A key is a name of
 * `namedKeys`, one printable character, or a keysym as 0x… (`plus` for the character +).
 * @returns undefined for a name that is not known, for two keys beside modifiers, and for nothing.
 */
export function parseKeyCombination(text: string): KeyCombination | undefined {
  let modifiers = 0;
  let key: Omit<KeyCombination, 'modifiers'> | undefined;
  for (const name of text.split('+').map(part => part.trim())) {
    const modifier = Object.hasOwn(modifierNames, name) ? modifierNames[name]! : 0;
    modifiers |= modifier;
    if (modifier !== 0) continue;
    const found = keyOf(name);
    if (found === undefined || key !== undefined) return undefined;
    key = found;
  }
  return { modifiers, keysym: 0, codes: [], ...key };
}

function keyOf(name: string): Omit<KeyCombination, 'modifiers'> | undefined {
  if (Object.hasOwn(namedKeys, name)) return namedKeys[name];
  if (/^0x[0-9a-f]{2,8}$/i.test(name)) return numberedKey(Number(name));
  const codePoint = name.codePointAt(0) ?? 0;
  if ([...name].length !== 1 || codePoint <= 0x20 || codePoint === 0x7f) return undefined;
  const keysym = plainKeysym(codePoint < 0x100 ? codePoint : 0x0100_0000 + codePoint);
  const code = characterCodes[name.toLowerCase()];
  return { keysym, codes: code === undefined ? [] : [code] };
}

/** A key given by its number has the places of the named key or character of that number. */
function numberedKey(number: number): Omit<KeyCombination, 'modifiers'> | undefined {
  const keysym = plainKeysym(number);
  if (keysym === 0 || modifierKeysyms.has(keysym)) return undefined;
  const named = Object.values(namedKeys).find(key => key.keysym === keysym);
  if (named !== undefined) return named;
  const code = keysym < 0x80 ? characterCodes[String.fromCharCode(keysym)] : undefined;
  return { keysym, codes: code === undefined ? [] : [code] };
}

/**
 * The form in which keysyms are compared: letters of Latin-1 small, the Unicode range folded onto Latin-1,
 * keys of the numeric pad as the keys they double. One key has many numbers; a rule must not care.
 */
export function plainKeysym(keysym: number): number {
  const unicode = keysym >= 0x0100_0000 && keysym <= 0x0110_ffff ? keysym - 0x0100_0000 : keysym;
  const plain = unicode < 0x100 ? unicode : keysym;
  if (plain >= 0x41 && plain <= 0x5a) return plain + 0x20;
  if (plain >= 0xc0 && plain <= 0xde && plain !== 0xd7) return plain + 0x20;
  if (plain >= 0xffaa && plain <= 0xffb9) return plain - 0xff80; // the pad's * + , - . / and digits
  return keysymAliases.get(plain) ?? plain;
}

/** Bits of the modifiers that a key is, by its keysym and its XT code; 0 for other keys. */
export function modifiersOf(keysym: number, code: number): number {
  return (modifierKeysyms.get(keysym) ?? 0) | (modifierCodes.get(code) ?? 0);
}
