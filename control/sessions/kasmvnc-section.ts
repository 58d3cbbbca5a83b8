/**
 * What of a policy a KasmVNC desktop must do itself, in the form of its kasmvnc.yaml: draw the watermark for its own web
 * client, black out what is not in the visible region, and keep or send its PRIMARY selection. Gateways carry out the
 * rest. KasmVNC does not start with a value that it does not take: what it cannot do is left out here. Pure.
 */
import type { DataLossPrevention } from '../../config/data-loss-prevention.ts';
import type { KasmvncSection } from '../../config/kasmvnc-file.ts';
import { type PolicyDocument, sectionsOf } from '../../config/policy.ts';
import { type VisibleRegion, visibleRegionsOf } from '../../config/visible-region.ts';

/**
 * @param username for `${USER}`: in a desktop that variable names another
 * @returns undefined when there is nothing for KasmVNC to do
 */
export function kasmvncSection(document: PolicyDocument, username: string): KasmvncSection | undefined {
  const sections = sectionsOf(document);
  const watermark = sections.map(section => watermarkOf(section, username)).find(Boolean);
  const region = sections.flatMap(visibleRegionsOf).reduce<VisibleRegion | undefined>(common, undefined);
  const primary = sections.flatMap(
    ({ clipboard }) => clipboard.server_to_client.primary_clipboard_enabled ?? [],
  );
  const section: KasmvncSection = {
    ...(watermark === undefined ? {} : { watermark }),
    ...(region === undefined ? {} : { visible_region: regionSection(region) }),
    ...(primary.length === 0
      ? {}
      : { clipboard: { server_to_client: { primary_clipboard_enabled: primary.every(Boolean) } } }),
  };
  return Object.keys(section).length === 0 ? undefined : section;
}

/** KasmVNC writes the characters that it draws into an array of this length, and past its end. */
const drawnCharsMax = 256;
/** A place of strftime: its flags, width and letter; any character else. */
const templatePart = /%[-_0^#]*(\d*)[EO]?.|./gsu;
/** More than the longest place without a width, `%c`, takes in any language. */
const placeCharsMax = 32;

function watermarkOf({ watermark: mark }: DataLossPrevention, username: string): KasmvncSection | undefined {
  if (mark?.image === undefined && mark?.text === undefined) return undefined;
  const { image, text, repeat_spacing } = mark;
  const told = text === undefined ? undefined : textOf(text, username);
  if (told?.template === '') return undefined;
  const location = mark.location?.replace(/\s/g, '') ?? '';
  return {
    ...(image === undefined ? {} : { image: harmless(image) }),
    ...(told === undefined ? {} : { text: told }),
    tint: mark.tint.replace(/\s/g, ''),
    ...(repeat_spacing === 0 ? {} : { repeat_spacing }),
    // It takes no place from the far edges, and none beside repetitions.
    ...(repeat_spacing === 0 && /^\d+,\d+$/.test(location) ? { location } : {}),
  };
}

type WatermarkText = NonNullable<NonNullable<DataLossPrevention['watermark']>['text']>;

function textOf(text: WatermarkText, username: string): KasmvncSection {
  const { template, font, font_size, timezone_name, angle } = text;
  return {
    template: cut(harmless(template.replace(/\$\{USER\}/g, () => username))),
    ...(font === 'auto' ? {} : { font: harmless(font) }),
    ...(font_size === 'auto' ? {} : { font_size }),
    ...(timezone_name === undefined || !isTimeZone(timezone_name) ? {} : { timezone_name }),
    ...(angle === 0 ? {} : { angle }),
  };
}

/** The beginning of a template that is sure to be drawn with no more characters than there is room for. */
function cut(template: string): string {
  let room = drawnCharsMax;
  let end = 0;
  for (const { 0: part, 1: width, index } of template.matchAll(templatePart)) {
    room -= part.startsWith('%') ? Math.max(placeCharsMax, Number(width)) : 1;
    if (room < 0) break;
    end = index + part.length;
  }
  return template.slice(0, end);
}

/** KasmVNC's start script puts texts between apostrophes and gives them to a shell as they are. */
function harmless(text: string): string {
  return text.replaceAll("'", '’').replace(/\p{Cc}+/gu, ' ');
}

/** Without the differences to UTC (`+01:00`) that are taken for names here. */
function isTimeZone(name: string): boolean {
  try {
    return /^[A-Z]/i.test(new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone);
  } catch {
    return false;
  }
}

/** What two regions both show. Where only the size of the screen would tell, that is the first one's edge. */
function common(one: VisibleRegion | undefined, other: VisibleRegion): VisibleRegion {
  if (one === undefined) return other;
  const clicks = {
    allowClickDown: one.allowClickDown && other.allowClickDown,
    allowClickRelease: one.allowClickRelease && other.allowClickRelease,
  };
  if (one.percent !== other.percent) return { ...one, ...clicks };
  const far = one.percent ? Math.max : commonFarEdge;
  return {
    percent: one.percent,
    left: Math.max(one.left, other.left),
    top: Math.max(one.top, other.top),
    right: far(one.right, other.right),
    bottom: far(one.bottom, other.bottom),
    ...clicks,
  };
}

function commonFarEdge(one: number, other: number): number {
  if (one === 0) return other;
  return Math.sign(one) === Math.sign(other) ? Math.min(one, other) : one;
}

function regionSection({ percent, left, top, right, bottom, ...clicks }: VisibleRegion): KasmvncSection {
  const edge = (value: number): string | number => (percent ? `${value}%` : value);
  return {
    left: edge(left),
    top: edge(top),
    right: edge(right),
    bottom: edge(bottom),
    concealed_region: {
      allow_click_down: clicks.allowClickDown,
      allow_click_release: clicks.allowClickRelease,
    },
  };
}
