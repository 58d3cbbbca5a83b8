/**
 * The keys that a blocked combination may name: X11 keysym names, with the number that RFB carries, and the
 * places of the key in the XT scan codes that QEMU's key event carries (US layout; the codes behind 0xe0 have
 * bit 7 set). A table and nothing else.
 */
export interface NamedKey {
  readonly keysym: number;
  /** Where the key is, should a server go by that and not by the symbol. */
  readonly codes: readonly number[];
}

const key = (keysym: number, ...codes: number[]): NamedKey => ({ keysym, codes });

/** Keys with a name of more than one character. The numeric pad's codes stand with the keys it doubles. */
export const namedKeys: Readonly<Record<string, NamedKey>> = {
  BackSpace: key(0xff08, 0x0e),
  Tab: key(0xff09, 0x0f),
  Return: key(0xff0d, 0x1c, 0x9c),
  Pause: key(0xff13, 0xc6),
  Scroll_Lock: key(0xff14, 0x46),
  Escape: key(0xff1b, 0x01),
  Home: key(0xff50, 0xc7, 0x47),
  Left: key(0xff51, 0xcb, 0x4b),
  Up: key(0xff52, 0xc8, 0x48),
  Right: key(0xff53, 0xcd, 0x4d),
  Down: key(0xff54, 0xd0, 0x50),
  Page_Up: key(0xff55, 0xc9, 0x49),
  Page_Down: key(0xff56, 0xd1, 0x51),
  End: key(0xff57, 0xcf, 0x4f),
  Print: key(0xff61, 0x54, 0xb7),
  Insert: key(0xff63, 0xd2, 0x52),
  Menu: key(0xff67, 0xdd),
  Help: key(0xff6a, 0xf5),
  Delete: key(0xffff, 0xd3, 0x53),
  F1: key(0xffbe, 0x3b),
  F2: key(0xffbf, 0x3c),
  F3: key(0xffc0, 0x3d),
  F4: key(0xffc1, 0x3e),
  F5: key(0xffc2, 0x3f),
  F6: key(0xffc3, 0x40),
  F7: key(0xffc4, 0x41),
  F8: key(0xffc5, 0x42),
  F9: key(0xffc6, 0x43),
  F10: key(0xffc7, 0x44),
  F11: key(0xffc8, 0x57),
  F12: key(0xffc9, 0x58),
  XF86AudioLowerVolume: key(0x1008ff11, 0xae),
  XF86AudioMute: key(0x1008ff12, 0xa0),
  XF86AudioRaiseVolume: key(0x1008ff13, 0xb0),
  XF86PowerOff: key(0x1008ff2a, 0xde),
  XF86Sleep: key(0x1008ff2f, 0xdf),
  space: key(0x20, 0x39),
  plus: key(0x2b, 0x0d, 0x4e),
  comma: key(0x2c, 0x33),
  minus: key(0x2d, 0x0c, 0x4a),
  period: key(0x2e, 0x34),
  slash: key(0x2f, 0x35, 0xb5),
};

/** Places of the characters that a US keyboard types without Shift. */
export const characterCodes: Readonly<Record<string, number>> = rowsOf([
  [0x02, '1234567890-='],
  [0x10, 'qwertyuiop[]'],
  [0x1e, "asdfghjkl;'`"],
  [0x2b, '\\zxcvbnm,./'],
]);

/** Keysyms of the characters that the same keys type with Shift, which are no letters. */
export const shiftedCharacterCodes: ReadonlyMap<number, number> = new Map(
  Object.entries(
    rowsOf([
      [0x02, '!@#$%^&*()_+'],
      [0x1a, '{}'],
      [0x27, ':"~'],
      [0x2b, '|'],
      [0x33, '<>?'],
    ]),
  ).map(([character, code]) => [character.charCodeAt(0), code]),
);

function rowsOf(rows: readonly (readonly [number, string])[]): Record<string, number> {
  const codes: Record<string, number> = {};
  for (const [first, characters] of rows) {
    for (const [index, character] of [...characters].entries()) codes[character] = first + index;
  }
  return codes;
}

/** Bits of the modifiers. Meta counts as Alt and Hyper as Super: X servers give them the same effect. */
export const modifierBits = { Shift: 1, Control: 2, Alt: 4, AltGr: 8, Super: 16 } as const;

/** Every way to write a modifier. */
export const modifierNames: Readonly<Record<string, number>> = {
  ...modifierBits,
  Ctrl: modifierBits.Control,
  Meta: modifierBits.Alt,
  ISO_Level3_Shift: modifierBits.AltGr,
  Hyper: modifierBits.Super,
};

/** Keysyms of the modifiers. Alt_R is the key that is AltGr on many layouts, and QEMU goes by the key. */
export const modifierKeysyms: ReadonlyMap<number, number> = new Map([
  [0xffe1, modifierBits.Shift],
  [0xffe2, modifierBits.Shift],
  [0xffe3, modifierBits.Control],
  [0xffe4, modifierBits.Control],
  [0xffe7, modifierBits.Alt],
  [0xffe8, modifierBits.Alt],
  [0xffe9, modifierBits.Alt],
  [0xffea, modifierBits.Alt | modifierBits.AltGr],
  [0xffeb, modifierBits.Super],
  [0xffec, modifierBits.Super],
  [0xffed, modifierBits.Super],
  [0xffee, modifierBits.Super],
  [0xfe03, modifierBits.AltGr],
  [0xff7e, modifierBits.AltGr],
]);

/** XT codes of the modifiers. The right Alt key is AltGr on many layouts, so it counts as both. */
export const modifierCodes: ReadonlyMap<number, number> = new Map([
  [0x2a, modifierBits.Shift],
  [0x36, modifierBits.Shift],
  [0x1d, modifierBits.Control],
  [0x9d, modifierBits.Control],
  [0x38, modifierBits.Alt],
  [0xb8, modifierBits.Alt | modifierBits.AltGr],
  [0xdb, modifierBits.Super],
  [0xdc, modifierBits.Super],
]);

/** Keysyms that stand for another one of the table: the same key by another name. */
export const keysymAliases: ReadonlyMap<number, number> = new Map([
  [0xfe20, 0xff09], // ISO_Left_Tab: Tab with Shift
  [0xff15, 0xff61], // Sys_Req: Print with Alt
  [0xfd1d, 0xff61], // 3270_PrintScreen
  [0xff6b, 0xff13], // Break: Pause with Control
  [0xff0a, 0xff0d], // Linefeed
  [0xff80, 0x20],
  [0xff89, 0xff09],
  [0xff8d, 0xff0d],
  [0xff95, 0xff50],
  [0xff96, 0xff51],
  [0xff97, 0xff52],
  [0xff98, 0xff53],
  [0xff99, 0xff54],
  [0xff9a, 0xff55],
  [0xff9b, 0xff56],
  [0xff9c, 0xff57],
  [0xff9e, 0xff63],
  [0xff9f, 0xffff],
  [0xff91, 0xffbe], // KP_F1 to KP_F4
  [0xff92, 0xffbf],
  [0xff93, 0xffc0],
  [0xff94, 0xffc1],
]);
