/** The text of a watermark with its places filled in. Pure. */

export interface WatermarkFacts {
  readonly user: string;
  readonly now: Date;
  /** IANA name; undefined, or one that is not known here: the time zone of this computer. */
  readonly timeZone: string | undefined;
}

type Parts = Readonly<Record<string, string>>;

/**
 * Fills in `${USER}` and strftime's places. KasmVNC hands the text to its system's strftime; here the places that say
 * a date or a time are known, and any other is left as it stands.
 */
export function fillWatermark(template: string, { user, now, timeZone }: WatermarkFacts): string {
  const parts = timeParts(now, timeZone);
  const places: Readonly<Record<string, () => string>> = {
    a: () => (parts.weekday ?? '').slice(0, 3),
    A: () => parts.weekday ?? '',
    b: () => (parts.month ?? '').slice(0, 3),
    B: () => parts.month ?? '',
    d: () => pad(parts.day),
    D: () => `${pad(parts.monthNumber)}/${pad(parts.day)}/${(parts.year ?? '').slice(-2)}`,
    e: () => (parts.day ?? '').padStart(2, ' '),
    F: () => `${parts.year}-${pad(parts.monthNumber)}-${pad(parts.day)}`,
    H: () => pad(parts.hour),
    I: () => pad(String(Number(parts.hour) % 12 || 12)),
    m: () => pad(parts.monthNumber),
    M: () => pad(parts.minute),
    p: () => (Number(parts.hour) < 12 ? 'AM' : 'PM'),
    R: () => `${pad(parts.hour)}:${pad(parts.minute)}`,
    S: () => pad(parts.second),
    T: () => `${pad(parts.hour)}:${pad(parts.minute)}:${pad(parts.second)}`,
    y: () => (parts.year ?? '').slice(-2),
    Y: () => parts.year ?? '',
    Z: () => parts.timeZoneName ?? '',
    n: () => '\n',
    '%': () => '%',
  };
  return template.replace(/\$\{USER\}|%([A-Za-z%])/g, (place, letter: string | undefined) => {
    if (letter === undefined) return user;
    return Object.hasOwn(places, letter) ? (places[letter]?.() ?? place) : place;
  });
}

const pad = (number: string | undefined): string => (number ?? '').padStart(2, '0');

function timeParts(now: Date, timeZone: string | undefined): Parts {
  const options = {
    weekday: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
    timeZoneName: 'short',
  } as const;
  const format = (zone: string | undefined): Parts => {
    const zoned = zone === undefined ? {} : { timeZone: zone };
    const parts = new Intl.DateTimeFormat('en-GB', { ...options, ...zoned }).formatToParts(now);
    const month = new Intl.DateTimeFormat('en-GB', { month: 'numeric', ...zoned }).format(now);
    return { ...Object.fromEntries(parts.map(({ type, value }) => [type, value])), monthNumber: month };
  };
  try {
    return format(timeZone);
  } catch {
    return format(undefined);
  }
}
