/**
 * The watermark of a policy: a deterrent that viewers draw over the picture. Nothing enforces it: whoever
 * changes the viewer does not see it. Keys and values as in kasmvnc.yaml.
 */
import { z } from 'zod';

const colourPart = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';

export const watermarkSchema = z
  .strictObject({
    /** A PNG file beside the desktop, which only KasmVNC itself can read. */
    image: z.string().min(1).max(4096).optional(),
    location: z
      .string()
      .regex(/^\s*-?\d{1,5}\s*,\s*-?\d{1,5}\s*$/, 'must be two numbers of pixels: x,y')
      .optional(),
    tint: z
      .string()
      .regex(
        new RegExp(`^\\s*${colourPart}(\\s*,\\s*${colourPart}){3}\\s*$`),
        'must be four numbers of 0 to 255: r,g,b,a',
      )
      .default('255,255,255,255'),
    repeat_spacing: z.int().min(0).max(4096).default(0),
    text: z
      .strictObject({
        template: z.string().min(1).max(1024),
        font: z.string().min(1).max(4096).default('auto'),
        font_size: z.union([z.literal('auto'), z.int().min(8).max(256)]).default('auto'),
        timezone_name: z.string().min(1).max(64).optional(),
        angle: z.int().min(-359).max(359).default(0),
      })
      .optional(),
  })
  .refine(mark => mark.image === undefined || mark.text === undefined, {
    error: 'a watermark is an image or a text, not both',
  });

type WatermarkSection = z.infer<typeof watermarkSchema>;

/** A watermark as a viewer draws it. */
export interface Watermark {
  readonly image: string | undefined;
  /** The text with strftime's places (`%H:%M`) and `${USER}` still in it. */
  readonly text: string | undefined;
  readonly font: string | undefined;
  /** Pixels; undefined: as the viewer likes. */
  readonly fontSize: number | undefined;
  readonly timezoneName: string | undefined;
  /** Degrees, counter-clockwise. */
  readonly angle: number;
  /** Pixels from the left and top edge, negative from the right and bottom; undefined: in the middle. */
  readonly location: { readonly x: number; readonly y: number } | undefined;
  /** 0 to 255 each. */
  readonly tint: {
    readonly red: number;
    readonly green: number;
    readonly blue: number;
    readonly alpha: number;
  };
  /** Pixels between repetitions; 0: drawn once. */
  readonly repeatSpacing: number;
}

/** @returns undefined for a section that names neither an image nor a text: there is nothing to draw. */
export function parseWatermark(section: WatermarkSection | null | undefined): Watermark | undefined {
  if (section?.image === undefined && section?.text === undefined) return undefined;
  const [red = 255, green = 255, blue = 255, alpha = 255] = section.tint.split(',').map(Number);
  const { text, image } = section;
  const [x, y] = section.location?.split(',').map(Number) ?? [];
  return {
    image,
    text: text?.template,
    font: text === undefined || text.font === 'auto' ? undefined : text.font,
    fontSize: text === undefined || text.font_size === 'auto' ? undefined : text.font_size,
    timezoneName: text?.timezone_name,
    angle: text?.angle ?? 0,
    location: x === undefined || y === undefined ? undefined : { x, y },
    tint: { red, green, blue, alpha },
    repeatSpacing: section.repeat_spacing,
  };
}
