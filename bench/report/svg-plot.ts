/** Small charts as SVG text. Pure. Readable on light and dark ground, without scripts or fonts of their own. */

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly min?: number;
  readonly max?: number;
}

export interface BarGroup {
  readonly label: string;
  readonly bars: readonly Bar[];
}

export interface BarChart {
  readonly title: string;
  readonly unit: string;
  readonly groups: readonly BarGroup[];
}

export interface Line {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface LineChart {
  readonly title: string;
  readonly unit: string;
  readonly xTitle: string;
  /** Each further step on the x axis is a factor of ten. */
  readonly logarithmicX: boolean;
  readonly lines: readonly Line[];
}

const width = 760;
const left = 64;
const right = 16;
const top = 44;
const colours = ['#1f77b4', '#e07b00', '#2a9d4a', '#c0392b', '#8e5bd0', '#7f6a5a', '#5a8f9c'];

const escapeText = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

const fixed = (value: number): string => value.toFixed(1);

/** A round number at or above the largest value, with the steps of the axis. */
export function axisUpTo(largest: number): { readonly end: number; readonly step: number } {
  if (!(largest > 0)) return { end: 1, step: 0.25 };
  const magnitude = 10 ** Math.floor(Math.log10(largest / 4));
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * magnitude).find(size => size * 5 >= largest)!;
  return { end: Math.ceil(largest / step - 1e-9) * step, step };
}

const text = (x: number, y: number, content: string, options = ''): string =>
  `<text x="${fixed(x)}" y="${fixed(y)}" ${options}>${escapeText(content)}</text>`;

function frame(title: string, unit: string, height: number, body: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeText(title)}">`,
    '<style>text{font:12px system-ui,sans-serif;fill:#444}.t{font-weight:600;font-size:14px}.g{stroke:#8884;stroke-width:1}' +
      '@media(prefers-color-scheme:dark){text{fill:#ccc}}</style>',
    text(left, 18, title, 'class="t"'),
    text(left, 35, unit),
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

function grid(end: number, step: number, bottom: number): string[] {
  const lines: string[] = [];
  for (let value = 0; value <= end + step / 2; value += step) {
    const y = bottom - (value / end) * (bottom - top);
    lines.push(`<line class="g" x1="${left}" x2="${width - right}" y1="${fixed(y)}" y2="${fixed(y)}"/>`);
    lines.push(text(left - 6, y + 4, String(Number(value.toPrecision(6))), 'text-anchor="end"'));
  }
  return lines;
}

function legend(labels: readonly string[], y: number): string[] {
  const perRow = 4;
  return labels.flatMap((label, index) => {
    const x = left + (index % perRow) * 172;
    const rowY = y + Math.floor(index / perRow) * 18;
    const colour = colours[index % colours.length]!;
    return [
      `<rect x="${x}" y="${rowY - 9}" width="10" height="10" fill="${colour}"/>`,
      text(x + 15, rowY, label),
    ];
  });
}

const legendHeight = (count: number): number => Math.ceil(count / 4) * 18 + 12;

/** Groups of bars from zero, with whiskers from min to max. */
export function drawBars({ title, unit, groups }: BarChart): string {
  const bottom = top + 220;
  const labels = [...new Set(groups.flatMap(group => group.bars.map(bar => bar.label)))];
  const { end, step } = axisUpTo(
    Math.max(0, ...groups.flatMap(group => group.bars.map(bar => bar.max ?? bar.value))),
  );
  const yOf = (value: number): number => bottom - (value / end) * (bottom - top);
  const groupWidth = (width - left - right) / Math.max(1, groups.length);
  const barWidth = (groupWidth * 0.8) / Math.max(1, labels.length);
  const body = grid(end, step, bottom);
  for (const [position, group] of groups.entries()) {
    const start = left + position * groupWidth + groupWidth * 0.1;
    body.push(text(start + groupWidth * 0.4, bottom + 18, group.label, 'text-anchor="middle"'));
    for (const bar of group.bars) {
      const column = labels.indexOf(bar.label);
      const x = start + column * barWidth;
      const y = yOf(bar.value);
      const colour = colours[column % colours.length]!;
      const name = `${group.label}, ${bar.label}: ${Number(bar.value.toPrecision(3))} ${unit}`;
      body.push(
        `<rect x="${fixed(x)}" y="${fixed(y)}" width="${fixed(barWidth - 2)}" height="${fixed(bottom - y)}" fill="${colour}"><title>${escapeText(name)}</title></rect>`,
      );
      if (bar.min === undefined || bar.max === undefined) continue;
      const middle = fixed(x + barWidth / 2 - 1);
      body.push(
        `<line x1="${middle}" x2="${middle}" y1="${fixed(yOf(bar.min))}" y2="${fixed(yOf(bar.max))}" stroke="#888" stroke-width="1.5"/>`,
      );
    }
  }
  body.push(...legend(labels, bottom + 44));
  return frame(title, unit, bottom + 34 + legendHeight(labels.length), body);
}

/** Lines with a mark at every point, y from zero. */
export function drawLines({ title, unit, xTitle, logarithmicX, lines }: LineChart): string {
  const bottom = top + 240;
  const points = lines.flatMap(line => line.points);
  const { end, step } = axisUpTo(Math.max(0, ...points.map(point => point.y)));
  const scaleX = (x: number): number => (logarithmicX ? Math.log10(x) : x);
  const xs = points.map(point => scaleX(point.x));
  const low = Math.min(...xs);
  const span = Math.max(...xs) - low || 1;
  const xOf = (x: number): number => left + 12 + ((scaleX(x) - low) / span) * (width - left - right - 40);
  const yOf = (y: number): number => bottom - (y / end) * (bottom - top);
  const body = grid(end, step, bottom);
  for (const x of [...new Set(points.map(point => point.x))].sort((a, b) => a - b)) {
    body.push(text(xOf(x), bottom + 18, String(x), 'text-anchor="middle"'));
  }
  body.push(text((left + width - right) / 2, bottom + 36, xTitle, 'text-anchor="middle"'));
  for (const [position, line] of lines.entries()) {
    const colour = colours[position % colours.length]!;
    const path = line.points.map(point => `${fixed(xOf(point.x))},${fixed(yOf(point.y))}`).join(' ');
    body.push(`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`);
    for (const point of line.points) {
      const name = `${line.label}, ${point.x}: ${Number(point.y.toPrecision(3))} ${unit}`;
      body.push(
        `<circle cx="${fixed(xOf(point.x))}" cy="${fixed(yOf(point.y))}" r="3.5" fill="${colour}"><title>${escapeText(name)}</title></circle>`,
      );
    }
  }
  body.push(
    ...legend(
      lines.map(line => line.label),
      bottom + 62,
    ),
  );
  return frame(title, unit, bottom + 52 + legendHeight(lines.length), body);
}
