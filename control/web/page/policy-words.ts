/** The rules of a session in words, each with who says so. Pure. */
import type { PolicyRule } from '../../../config/policy-sources.ts';
import { formatBytes } from './byte-format.ts';

/** One subject, and what holds for it: never empty. */
export interface RuleLine {
  readonly subject: string;
  readonly open: boolean;
  readonly details: readonly RuleDetail[];
}

export interface RuleDetail {
  readonly text: string;
  /** Who says so. */
  readonly source: string;
}

/** Where the sections of a document stand; the strictest of them holds. */
const sections = ['data_loss_prevention', 'settings.data_loss_prevention'];

export function describeRules(rules: readonly PolicyRule[]): RuleLine[] {
  const book = new RuleBook(rules);
  return [
    accessLine(book),
    clipboardLine(book, 'up'),
    clipboardLine(book, 'down'),
    switchLine(
      book,
      'Keyboard',
      'input',
      'settings.allow_keyboard',
      'keyboard.enabled',
      keyboardDetails(book),
    ),
    switchLine(book, 'Pointer', 'input', undefined, 'pointer.enabled', regionDetails(book)),
    switchLine(book, 'Printing', 'everything', 'settings.allow_kasm_printing', 'allow.printer', []),
    switchLine(
      book,
      'Smart card',
      'everything',
      'settings.allow_kasm_smart_card_passthrough',
      'allow.smart_card',
      [],
    ),
  ];
}

export function describeSource(rule: PolicyRule): string {
  if (rule.from === 'group') return `group “${rule.name}”`;
  if (rule.from === 'image') return `image “${rule.name}”`;
  if (rule.from === 'token') return 'the link this desktop was opened with';
  return rule.from === 'file' ? "the gateway's configuration" : 'the default';
}

/** What each kind of access covers beside the picture. */
const covered: Readonly<Record<string, readonly Need[]>> = {
  full: ['input', 'clipboard', 'everything'],
  input_only: ['input'],
  clipboard_only: ['clipboard'],
};

type Need = 'input' | 'clipboard' | 'everything';

class RuleBook {
  readonly #rules: ReadonlyMap<string, PolicyRule>;

  constructor(rules: readonly PolicyRule[]) {
    this.#rules = new Map(rules.map(rule => [rule.key, rule]));
  }

  find(key: string): PolicyRule | undefined {
    return this.#rules.get(key);
  }

  /** A key of the sections, in whichever of them it stands. */
  inSections(key: string): PolicyRule[] {
    return sections.flatMap(section => this.find(`${section}.${key}`) ?? []);
  }

  /** What keeps a subject closed before anything of its own is looked at. */
  barrier(need: Need): RuleDetail | undefined {
    const watching = this.find('settings.view_only');
    if (watching?.value === true) return detail('off: this session is view only', watching);
    const access = this.find('access');
    if (access === undefined || covered[String(access.value)]?.includes(need) === true) return undefined;
    return detail('off: your access does not cover it', access);
  }
}

const detail = (text: string, rule: PolicyRule): RuleDetail => ({ text, source: describeSource(rule) });

function accessLine(book: RuleBook): RuleLine {
  const access = book.find('access');
  const texts: Readonly<Record<string, string>> = {
    full: 'the whole session',
    view_only: 'watching only',
    input_only: 'keyboard and pointer, no clipboard',
    clipboard_only: 'watching and the clipboard',
  };
  const watching = book.find('settings.view_only');
  const decides = watching?.value === true ? watching : access;
  const text = watching?.value === true ? texts.view_only : texts[String(access?.value)];
  return {
    subject: 'Your access',
    open: decides?.value === 'full',
    details: decides === undefined ? [] : [detail(text ?? String(access?.value), decides)],
  };
}

/** A subject with a switch or two; `details` say what holds while it is on. */
function switchLine(
  book: RuleBook,
  subject: string,
  need: Need,
  setting: string | undefined,
  key: string,
  details: readonly RuleDetail[],
): RuleLine {
  const barrier = book.barrier(need);
  if (barrier !== undefined) return { subject, open: false, details: [barrier] };
  const switches = [
    ...present(setting === undefined ? undefined : book.find(setting)),
    ...book.inSections(key),
  ];
  const off = switches.find(rule => rule.value === false);
  if (off !== undefined) return { subject, open: false, details: [detail('off', off)] };
  const on = switches.find(rule => rule.from !== 'default') ?? switches[0];
  return { subject, open: true, details: [...(on === undefined ? [] : [detail('on', on)]), ...details] };
}

const present = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);

function clipboardLine(book: RuleBook, direction: 'up' | 'down'): RuleLine {
  const side = direction === 'up' ? 'clipboard.client_to_server' : 'clipboard.server_to_client';
  const subject = direction === 'up' ? 'Clipboard into the desktop' : 'Clipboard out of the desktop';
  const setting = `settings.allow_kasm_clipboard_${direction}`;
  const sizes = [
    ...present(book.find(`settings.clipboard_${direction}_bytes_max`)),
    ...book.inSections(`${side}.size`),
    ...book.inSections(`${side}.total_size`),
  ];
  const details: RuleDetail[] = [];
  for (const rule of sizes) {
    if (rule.value === 'nothing') details.push(detail('nothing is small enough', rule));
    else if (typeof rule.value === 'number' && rule.value > 0) {
      const unit = rule.key.endsWith('total_size') ? 'a copy' : 'an item';
      details.push(detail(`up to ${formatBytes(rule.value)} ${unit}`, rule));
    }
  }
  for (const rule of book.inSections(`${side}.budget.burst`)) {
    details.push(detail(`up to ${formatBytes(Number(rule.value))} at once, filling up by the hour`, rule));
  }
  for (const rule of book.inSections('clipboard.delay_between_operations')) {
    if (typeof rule.value === 'number' && rule.value > 0)
      details.push(detail(`${rule.value / 1000} s between copies`, rule));
  }
  for (const rule of book.inSections('clipboard.allow_text')) {
    if (rule.value === false) details.push(detail('no text', rule));
  }
  for (const rule of book.inSections('clipboard.allow_mimetypes')) {
    if (Array.isArray(rule.value))
      details.push(detail(`beside text only ${rule.value.join(', ') || 'nothing'}`, rule));
  }
  return switchLine(book, subject, 'clipboard', setting, `${side}.enabled`, details);
}

function keyboardDetails(book: RuleBook): RuleDetail[] {
  const details: RuleDetail[] = [];
  for (const rule of book.inSections('keyboard.rate_limit')) {
    if (typeof rule.value === 'number' && rule.value > 0)
      details.push(detail(`up to ${rule.value} keys a second`, rule));
  }
  for (const rule of book.inSections('keyboard.blocked_combinations')) {
    if (Array.isArray(rule.value) && rule.value.length > 0)
      details.push(detail(`blocked: ${rule.value.join(', ')}`, rule));
  }
  return details;
}

function regionDetails(book: RuleBook): RuleDetail[] {
  return book
    .inSections('visible_region.left')
    .map(rule => detail('clicks inside the visible region only', rule));
}
