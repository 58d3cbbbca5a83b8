/** Adds up what several processes count: the text of Prometheus in, the same out. */

interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** By name and labels as they were written. */
  readonly samples: Map<string, number>;
}

/** Points in time, of which the earliest counts; everything else is a count or a size. */
const earliest = /_(start_time|not_after|timestamp)_seconds$/;

/** @param texts one for each process. */
export function sumMetrics(texts: readonly string[]): string {
  return render(addUp(texts));
}

/** Only what never falls: the counts of a process that is gone stay counted. */
export function sumCounters(texts: readonly string[]): string {
  return render([...addUp(texts)].filter(({ type }) => type !== 'gauge'));
}

function addUp(texts: readonly string[]): Iterable<Family> {
  const families = new Map<string, Family>();
  for (const text of texts) addText(families, text);
  return families.values();
}

function addText(families: Map<string, Family>, text: string): void {
  let help = '';
  let family: Family | undefined;
  for (const line of text.split('\n')) {
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (word === 'HELP') help = rest;
    else if (word === 'TYPE') {
      family = families.get(name) ?? { name, type: rest, help, samples: new Map() };
      families.set(name, family);
    } else if (line !== '' && family !== undefined) addSample(family, line);
  }
}

function addSample({ name, samples }: Family, line: string): void {
  const end = line.lastIndexOf(' ');
  const key = line.slice(0, end);
  const value = Number(line.slice(end + 1));
  if (!Number.isFinite(value)) return;
  const before = samples.get(key);
  if (before === undefined) samples.set(key, value);
  else samples.set(key, earliest.test(name) ? Math.min(before, value) : before + value);
}

function render(families: Iterable<Family>): string {
  return [...families]
    .map(({ name, type, help, samples }) => {
      const lines = [...samples].map(([key, value]) => `${key} ${value}\n`);
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
    })
    .join('');
}
