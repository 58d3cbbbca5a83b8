import { type DataLossPrevention, defaultMimetypes } from '../../config/data-loss-prevention.ts';
import { type KeyCombination, parseKeyCombination } from '../../config/key-combination.ts';
import { type Access, type PolicyDocument, sectionsOf } from '../../config/policy.ts';
import { type VisibleRegion, visibleRegionsOf } from '../../config/visible-region.ts';
import type { BucketRule } from './token-bucket.ts';
import type { Verdict } from './verdict.ts';

/** One direction of the clipboard. Sizes in bytes, Infinity without a limit. */
export interface ClipboardRule {
  /** The direction as a whole. */
  readonly verdict: Verdict;
  readonly itemBytesMax: number;
  /** All items of one operation together. */
  readonly totalBytesMax: number;
  /** Bytes that the session may still move. */
  readonly budget: BucketRule | undefined;
  /** Milliseconds between operations. */
  readonly delayMs: number;
}

/** What a clipboard may hold beside its sizes; the same in both directions. */
export interface ClipboardKinds {
  readonly text: boolean;
  /** MIME types beside text; undefined: any. */
  readonly mimetypes: ReadonlySet<string> | undefined;
  /** Text that is too large is cut rather than dropped. */
  readonly truncate: boolean;
}

export interface KeyRate {
  readonly rule: 'token_bucket' | 'kasmvnc';
  /** Presses a second. */
  readonly limit: number;
  /** The token bucket's numbers. */
  readonly bucket: BucketRule;
}

/** A policy document as values to be looked up per message. The strictest of its parts holds. */
export interface Policy {
  readonly keys: Verdict;
  readonly keyRate: KeyRate | undefined;
  readonly combinations: readonly KeyCombination[];
  readonly pointer: Verdict;
  readonly regions: readonly VisibleRegion[];
  readonly clipboardUp: ClipboardRule;
  readonly clipboardDown: ClipboardRule;
  readonly clipboardKinds: ClipboardKinds;
  readonly resize: Verdict;
  readonly power: Verdict;
  readonly quality: Verdict;
  readonly statistics: Verdict;
  readonly printer: Verdict;
  readonly smartCard: Verdict;
  readonly otherRelays: Verdict;
  readonly logging: LoggingLevel;
}

export type LoggingLevel = DataLossPrevention['logging']['level'];

const closedClipboard: ClipboardRule = {
  verdict: 'view_only',
  itemBytesMax: 0,
  totalBytesMax: 0,
  budget: undefined,
  delayMs: 0,
};

/** Nothing passes that a policy can forbid: in force until a document is there. */
export const denyAll: Policy = {
  keys: 'view_only',
  keyRate: undefined,
  combinations: [],
  pointer: 'view_only',
  regions: [],
  clipboardUp: closedClipboard,
  clipboardDown: closedClipboard,
  clipboardKinds: { text: false, mimetypes: new Set(), truncate: false },
  resize: 'view_only',
  power: 'view_only',
  quality: 'view_only',
  statistics: 'view_only',
  printer: 'view_only',
  smartCard: 'view_only',
  otherRelays: 'view_only',
  logging: 'off',
};

/**
 * Flattens a document. A thing is allowed when `access`, each setting and each data_loss_prevention section
 * (the document's own, and the one among the settings) allow it; of several limits the smallest holds.
 * @throws ZodError when the section among the settings is no data_loss_prevention section.
 */
export function compilePolicy(document: PolicyDocument): Policy {
  const { settings } = document;
  const sections = sectionsOf(document);
  const access: Access = settings.view_only === true ? 'view_only' : document.access;
  const input = accessVerdict(access, 'input_only');
  const clipboard = accessVerdict(access, 'clipboard_only');
  const everything = accessVerdict(access, 'full');
  const every = (test: (section: DataLossPrevention) => boolean): boolean => sections.every(test);
  return {
    keys: narrowed(input, settings.allow_keyboard !== false && every(({ keyboard }) => keyboard.enabled)),
    keyRate: compileKeyRate(sections),
    combinations: sections.flatMap(({ keyboard }) => keyboard.blocked_combinations.flatMap(parsed)),
    pointer: narrowed(
      input,
      every(({ pointer }) => pointer.enabled),
    ),
    regions: sections.flatMap(visibleRegionsOf),
    clipboardUp: compileClipboard(document, sections, clipboard, 'client_to_server'),
    clipboardDown: compileClipboard(document, sections, clipboard, 'server_to_client'),
    clipboardKinds: compileKinds(sections),
    resize: narrowed(
      input,
      every(({ allow }) => allow.resize),
    ),
    power: narrowed(
      input,
      every(({ allow }) => allow.power),
    ),
    // KasmVNC, too, ignores the wishes of those who have no input: they would change everyone's picture.
    quality: narrowed(
      input,
      every(({ allow }) => allow.quality),
    ),
    // They tell of the host and of the other viewers' connections: not for whoever was given a link to look.
    statistics: narrowed(
      input,
      every(({ allow }) => allow.statistics),
    ),
    printer: narrowed(everything, settings.allow_kasm_printing !== false && every(s => s.allow.printer)),
    smartCard: narrowed(
      everything,
      settings.allow_kasm_smart_card_passthrough !== false && every(({ allow }) => allow.smart_card),
    ),
    otherRelays: narrowed(
      everything,
      every(({ allow }) => allow.other_relays),
    ),
    logging: loggingLevel(sections),
  };
}

/** What an access says to things that `full` and one finer kind have. */
function accessVerdict(access: Access, kind: Access): Verdict {
  if (access === 'full' || access === kind) return 'pass';
  return access === 'view_only' ? 'view_only' : 'access';
}

function narrowed(verdict: Verdict, allowed: boolean): Verdict {
  return verdict === 'pass' && !allowed ? 'disabled' : verdict;
}

const parsed = (text: string): KeyCombination[] => {
  const combination = parseKeyCombination(text);
  return combination === undefined ? [] : [combination];
};

function compileClipboard(
  { settings }: PolicyDocument,
  sections: readonly DataLossPrevention[],
  verdict: Verdict,
  direction: 'client_to_server' | 'server_to_client',
): ClipboardRule {
  const up = direction === 'client_to_server';
  const sides = sections.map(section => section.clipboard[direction]);
  const setting = up ? settings.allow_kasm_clipboard_up : settings.allow_kasm_clipboard_down;
  const settingBytes = up ? settings.clipboard_up_bytes_max : settings.clipboard_down_bytes_max;
  const delays = sections.map(({ clipboard }) => clipboard.delay_between_operations);
  return {
    verdict: narrowed(verdict, setting !== false && sides.every(side => side.enabled)),
    itemBytesMax: smallest([settingBytes, ...sides.map(side => side.size)]),
    totalBytesMax: smallest(sides.map(side => side.total_size)),
    budget: narrowestBudget(sides.map(side => side.budget)),
    delayMs: Math.max(...delays.map(delay => (delay === 'none' ? 0 : delay))),
  };
}

/** The smallest limit; absent, `unlimited` and 0 (as in KasmVNC) are none, `nothing` is 0 bytes. */
function smallest(values: ReadonlyArray<number | 'unlimited' | 'nothing' | undefined>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const value of values) {
    if (value === 'nothing') return 0;
    if (typeof value === 'number' && value > 0 && value < least) least = value;
  }
  return least;
}

const hourMs = 3_600_000;

/** Of several budgets the smaller burst and the slower flow: no wider than any of them. */
function narrowestBudget(
  budgets: ReadonlyArray<{ burst: number; per_hour: number } | null | undefined>,
): BucketRule | undefined {
  const given = budgets.filter(budget => budget !== null && budget !== undefined);
  if (given.length === 0) return undefined;
  return {
    capacity: Math.min(...given.map(budget => budget.burst)),
    perMs: Math.min(...given.map(budget => budget.per_hour)) / hourMs,
  };
}

/** KasmVNC compares this much of a MIME name, which is as long as one on the wire can be. */
const mimetypeCharsCompared = 31;

/** Only sections that say which types may pass count; if none does, KasmVNC's default list holds. */
function compileKinds(sections: readonly DataLossPrevention[]): ClipboardKinds {
  const lists = sections
    .map(({ clipboard }) => clipboard.allow_mimetypes)
    .filter(list => list !== null && list !== undefined);
  if (lists.length === 0) lists.push([...defaultMimetypes]);
  let mimetypes: ReadonlySet<string> | undefined;
  for (const list of lists) {
    if (list === 'any') continue;
    const own = new Set(list.map(name => name.slice(0, mimetypeCharsCompared)));
    mimetypes = mimetypes?.intersection(own) ?? own;
  }
  return {
    text: sections.every(({ clipboard }) => clipboard.allow_text),
    mimetypes,
    truncate: sections.some(({ clipboard }) => clipboard.over_size === 'truncate'),
  };
}

/** Of several rates the smallest, by the rule of its own section. */
function compileKeyRate(sections: readonly DataLossPrevention[]): KeyRate | undefined {
  let rate: KeyRate | undefined;
  for (const { rate_limit: limit, rate_limit_rule: rule } of sections.map(({ keyboard }) => keyboard)) {
    if (limit === 'unlimited' || limit === 0 || (rate !== undefined && rate.limit <= limit)) continue;
    rate = { rule, limit, bucket: { capacity: limit, perMs: limit / 1000 } };
  }
  return rate;
}

function loggingLevel(sections: readonly DataLossPrevention[]): LoggingLevel {
  const levels = sections.map(({ logging }) => logging.level);
  if (levels.includes('verbose')) return 'verbose';
  return levels.includes('info') ? 'info' : 'off';
}
