/**
 * Group settings by their Kasm names: what a group may allow its users.
 *
 * In the database and in the API a value is a string ("True", "3600"); here it is typed.
 * A user is in several groups; for each setting the group with the lowest priority number
 * that defines it wins. A setting nobody defines takes `fallback`, which is the locked-down value.
 */
export interface SettingKind {
  readonly type: 'bool' | 'int' | 'json';
  readonly fallback: boolean | number | object;
  readonly unit?: string;
  readonly meaning: string;
}

export const groupSettings = {
  allow_kasm_clipboard_up: {
    type: 'bool',
    fallback: false,
    meaning: 'text may be copied from the local computer into the session',
  },
  allow_kasm_clipboard_down: {
    type: 'bool',
    fallback: false,
    meaning: 'text may be copied from the session to the local computer',
  },
  allow_kasm_clipboard_seamless: {
    type: 'bool',
    fallback: false,
    meaning: 'the viewer syncs the clipboard by itself, where the browser permits',
  },
  clipboard_up_bytes_max: {
    type: 'int',
    fallback: 0,
    unit: 'bytes an item; 0 = no limit',
    meaning: 'largest clipboard item from the local computer into the session',
  },
  clipboard_down_bytes_max: {
    type: 'int',
    fallback: 0,
    unit: 'bytes an item; 0 = no limit',
    meaning: 'largest clipboard item from the session to the local computer',
  },
  allow_keyboard: { type: 'bool', fallback: true, meaning: 'key presses reach the session' },
  allow_kasm_printing: {
    type: 'bool',
    fallback: false,
    meaning: "documents may be printed from the session on the local computer's printers",
  },
  allow_kasm_smart_card_passthrough: {
    type: 'bool',
    fallback: false,
    meaning: 'the session may use a smart card of the local computer',
  },
  view_only: {
    type: 'bool',
    fallback: false,
    meaning: 'the user watches: no keys, no pointer, no clipboard in either direction, no resize',
  },
  data_loss_prevention: {
    type: 'json',
    fallback: {},
    meaning: 'a data_loss_prevention section as in kasmvnc.yaml; the stricter of it and the settings holds',
  },
  allow_kasmvnc_web_client: {
    type: 'bool',
    fallback: true,
    meaning: "the web client that a KasmVNC desktop itself brings may be opened beside Sluice's viewer",
  },
  allow_kasm_downloads: {
    type: 'bool',
    fallback: false,
    meaning: "KasmVNC's web client may list and fetch the files in the session's Downloads folder",
  },
  allow_kasmvnc_api: {
    type: 'bool',
    fallback: false,
    meaning:
      "KasmVNC's own HTTP API (/api/…: screenshots, users, statistics) is reachable by the user's stream token",
  },
  max_kasms_per_user: {
    type: 'int',
    fallback: 5,
    unit: 'sessions',
    meaning: 'sessions a user may run at once',
  },
} as const satisfies Record<string, SettingKind>;

export type SettingName = keyof typeof groupSettings;

type ValueOf<Kind extends SettingKind> = Kind['type'] extends 'bool'
  ? boolean
  : Kind['type'] extends 'int'
    ? number
    : Record<string, unknown>;

/** Typed settings: every name optional, as a document may leave any of them out. */
export type Settings = { [Name in SettingName]?: ValueOf<(typeof groupSettings)[Name]> };

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(groupSettings, name);
}

/**
 * Reads one setting from the string form the API and the database use ("True", "false", "3600", JSON),
 * or from an already typed YAML or JSON value.
 * @returns the typed value, or a sentence that says what is wrong.
 */
export function parseSetting(
  name: SettingName,
  raw: unknown,
): { ok: true; value: boolean | number | Record<string, unknown> } | { ok: false; problem: string } {
  const kind: SettingKind = groupSettings[name];
  if (kind.type === 'bool') {
    if (typeof raw === 'boolean') return { ok: true, value: raw };
    if (typeof raw === 'string' && /^(true|false)$/i.test(raw)) {
      return { ok: true, value: raw.toLowerCase() === 'true' };
    }
    return { ok: false, problem: `${name} must be True or False` };
  }
  if (kind.type === 'int') {
    const value = typeof raw === 'string' && /^\d{1,15}$/.test(raw) ? Number(raw) : raw;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return { ok: true, value };
    return { ok: false, problem: `${name} must be a whole number of ${kind.unit ?? 'units'}, 0 or more` };
  }
  return parseJsonSetting(name, raw);
}

function parseJsonSetting(
  name: SettingName,
  raw: unknown,
): { ok: true; value: Record<string, unknown> } | { ok: false; problem: string } {
  try {
    const value: unknown = typeof raw === 'string' ? JSON.parse(raw === '' ? '{}' : raw) : raw;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { ok: true, value: value as Record<string, unknown> };
    }
  } catch {
    // Falls through to the one refusal below: the text is no JSON at all.
  }
  return { ok: false, problem: `${name} must be a JSON object` };
}
