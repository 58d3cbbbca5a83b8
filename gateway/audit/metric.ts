/** Counters and gauges in the text format of Prometheus. Labels are small closed sets, never ids. */

type Labels = Readonly<Record<string, string>>;

const escapeLabel = (value: string): string => (/[\\"\n]/.test(value) ? escaped(value) : value);

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const sample = (name: string, labels: string, value: number): string => `${name}${labels} ${value}\n`;

const header = (name: string, type: 'counter' | 'gauge', help: string): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;

function labelText(labels: Labels): string {
  let text = '';
  for (const name in labels) text += `${text === '' ? '{' : ','}${name}="${escapeLabel(labels[name]!)}"`;
  return text === '' ? '' : `${text}}`;
}

export interface Metric {
  /** Its help line, its type line and one line for each combination of labels. */
  render(): string;
}

/** A number that only grows. */
export class Counter implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #values = new Map<string, { value: number }>();

  constructor(name: string, help: string) {
    this.#name = name;
    this.#help = help;
  }

  add(amount: number, labels: Labels = {}): void {
    this.count(labels).value += amount;
  }

  /** The count itself, for who adds to it often. */
  count(labels: Labels): { value: number } {
    const key = labelText(labels);
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const count = { value: 0 };
    this.#values.set(key, count);
    return count;
  }

  value(labels: Labels = {}): number {
    return this.#values.get(labelText(labels))?.value ?? 0;
  }

  render(): string {
    const samples = [...this.#values].map(([labels, { value }]) => sample(this.#name, labels, value));
    return header(this.#name, 'counter', this.#help) + samples.join('');
  }
}

/** A number read when it is asked for. */
export class Gauge implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #read: () => number;

  constructor(name: string, help: string, read: () => number) {
    this.#name = name;
    this.#help = help;
    this.#read = read;
  }

  render(): string {
    return header(this.#name, 'gauge', this.#help) + sample(this.#name, '', this.#read());
  }
}

export interface LabelledValue {
  readonly labels: Labels;
  readonly value: number;
}

/** Numbers of one kind that are read when they are asked for, one for each combination of labels. */
export class GaugeFamily implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #read: () => readonly LabelledValue[];

  constructor(name: string, help: string, read: () => readonly LabelledValue[]) {
    this.#name = name;
    this.#help = help;
    this.#read = read;
  }

  render(): string {
    const samples = this.#read().map(({ labels, value }) => sample(this.#name, labelText(labels), value));
    return header(this.#name, 'gauge', this.#help) + samples.join('');
  }
}
