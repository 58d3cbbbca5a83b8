/**
 * The watermark of a policy, drawn over the picture. A deterrent: it reminds people whose screen they photograph.
 * Whoever changes this page does not see it, and a picture for it stays with KasmVNC, which alone can read the file.
 */
import type { Watermark } from '../../../config/watermark.ts';
import { element } from './element.ts';
import { fillWatermark } from './watermark-text.ts';

const defaultFontPixels = 48;
const lineHeight = 1.25;
/** Closer than this the text is a grey wall, and drawing it takes all day. */
const tilePixelsMin = 24;

export class WatermarkLayer {
  readonly element = element('canvas', { class: 'watermark', 'aria-hidden': 'true' });
  readonly #resizes = new ResizeObserver(() => this.#draw());
  #watermark: Watermark | undefined;
  #user = '';

  constructor() {
    this.#resizes.observe(this.element);
  }

  /** @param watermark null: none. Call again now and then: the text may hold the time. */
  show(watermark: Watermark | null, user: string): void {
    this.#watermark = watermark ?? undefined;
    this.#user = user;
    this.#draw();
  }

  leave(): void {
    this.#resizes.disconnect();
  }

  #draw(): void {
    const canvas = this.element;
    const scale = window.devicePixelRatio;
    canvas.width = Math.round(canvas.clientWidth * scale);
    canvas.height = Math.round(canvas.clientHeight * scale);
    const context = canvas.getContext('2d');
    const mark = this.#watermark;
    canvas.hidden = mark?.text === undefined;
    if (context === null || mark?.text === undefined) return;
    const facts = { user: this.#user, now: new Date(), timeZone: mark.timezoneName };
    const lines = fillWatermark(mark.text, facts).split('\n');
    context.scale(scale, scale);
    drawText(context, mark, lines, { width: canvas.clientWidth, height: canvas.clientHeight });
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function drawText(
  context: CanvasRenderingContext2D,
  mark: Watermark,
  lines: readonly string[],
  area: Size,
): void {
  const fontSize = mark.fontSize ?? defaultFontPixels;
  const { red, green, blue, alpha } = mark.tint;
  context.font = `${fontSize}px sans-serif`;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  context.fillStyle = `rgb(${red} ${green} ${blue} / ${alpha / 255})`;
  const text: Size = {
    width: Math.max(...lines.map(line => context.measureText(line).width)),
    height: lines.length * fontSize * lineHeight,
  };
  const box = turnedSize(text, mark.angle);
  for (const { x, y } of places(mark, box, area)) {
    context.save();
    context.translate(x, y);
    context.rotate((-mark.angle * Math.PI) / 180);
    lines.forEach((line, index) => {
      context.fillText(line, 0, (index - (lines.length - 1) / 2) * fontSize * lineHeight);
    });
    context.restore();
  }
}

function turnedSize({ width, height }: Size, angle: number): Size {
  const turn = (angle * Math.PI) / 180;
  const [cos, sin] = [Math.abs(Math.cos(turn)), Math.abs(Math.sin(turn))];
  return { width: width * cos + height * sin, height: width * sin + height * cos };
}

/** Centres of the text: a grid, or one place. */
function places(mark: Watermark, box: Size, area: Size): { x: number; y: number }[] {
  if (mark.repeatSpacing === 0) {
    const edge = (at: number, size: number, all: number): number =>
      at < 0 ? all + at - size / 2 : at + size / 2;
    const { location } = mark;
    if (location === undefined) return [{ x: area.width / 2, y: area.height / 2 }];
    return [{ x: edge(location.x, box.width, area.width), y: edge(location.y, box.height, area.height) }];
  }
  const step: Size = {
    width: Math.max(tilePixelsMin, box.width + mark.repeatSpacing),
    height: Math.max(tilePixelsMin, box.height + mark.repeatSpacing),
  };
  const centres: { x: number; y: number }[] = [];
  for (let y = box.height / 2; y - box.height / 2 < area.height; y += step.height) {
    for (let x = box.width / 2; x - box.width / 2 < area.width; x += step.width) centres.push({ x, y });
  }
  return centres;
}
