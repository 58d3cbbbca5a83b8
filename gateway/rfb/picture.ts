/** A picture without any file's form: rows from the top, 4 bytes a pixel: red, green, blue, alpha. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Whether the form it came in says how transparent a pixel is; else alpha is 255 all over. */
  readonly hasAlpha: boolean;
  readonly pixels: Uint8Array;
}

export const opaque = 255;
