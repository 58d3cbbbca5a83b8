import { crc32, deflateSync } from 'node:zlib';
import { WriteCursor } from '../wire/write-cursor.ts';
import type { Picture } from './picture.ts';
import { pngColours, pngSignature } from './png-chunks.ts';

/** A picture is packed while others wait: fast rather than small. */
const packingLevel = 1;

/** A PNG of the picture: 8 bits a sample, rows without filter, not interlaced. */
export function encodePng({ width, height, hasAlpha, pixels }: Picture): Uint8Array {
  const samples = hasAlpha ? 4 : 3;
  const rows = new Uint8Array(height * (1 + width * samples));
  let to = 0;
  for (let at = 0, row = 0; row < height; row++) {
    rows[to++] = 0; // no filter
    for (const end = at + 4 * width; at < end; at += 4) {
      rows[to++] = pixels[at]!;
      rows[to++] = pixels[at + 1]!;
      rows[to++] = pixels[at + 2]!;
      if (hasAlpha) rows[to++] = pixels[at + 3]!;
    }
  }
  const head = new WriteCursor().u32(width).u32(height).u8(8);
  head.u8(hasAlpha ? pngColours.rgbAlpha : pngColours.rgb).zeros(3);
  const out = new WriteCursor().raw(pngSignature);
  writeChunk(out, 'IHDR', head.finish());
  writeChunk(out, 'IDAT', deflateSync(rows, { level: packingLevel }));
  writeChunk(out, 'IEND', new Uint8Array(0));
  return out.finish();
}

/** u32 length · type · data · u32 CRC over type and data. */
function writeChunk(out: WriteCursor, type: string, data: Uint8Array): void {
  const name = new TextEncoder().encode(type);
  out.u32(data.length).raw(name).raw(data);
  out.u32(crc32(data, crc32(name)));
}
