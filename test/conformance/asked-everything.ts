/** What a client says that wants everything a server has, and what the server may then send. */
import { EncodingSet } from '../../gateway/rfb/encoding-set.ts';
import {
  announcements,
  clientMessages,
  encodings,
  pseudoRectangles,
  type RfbProtocol,
} from '../../gateway/rfb/numbers.ts';
import { WriteCursor } from '../../gateway/wire/write-cursor.ts';
import { bytesOf, joined, pixelFormatBytesOf, trueColour32 } from './rfb-bytes.ts';

/** Names of relays that are subscribed to. */
export const askedRelays: readonly string[] = ['printer', 'smartcard', 'sdp', 'y'.repeat(63), ''];

/** A server's capabilities: text, RTF, HTML, DIB and files, all actions, nothing without asking. */
export const extendedClipboardCaps = bytesOf(
  '03 000000 ffffffe8 1f00001f 00000000 00000000 00000000 00000000 00000000',
);

/** SetPixelFormat with numbered colours, and with true ones of the same size. */
export const colourMapRequest = joined(
  [0, 1].map(trueColour => {
    const format = pixelFormatBytesOf(trueColour32);
    format[3] = trueColour;
    return new WriteCursor().u8(clientMessages.setPixelFormat).zeros(3).raw(format).finish();
  }),
);

/** All that a server may send. */
export function askedEverything(): EncodingSet {
  const asked = new EncodingSet();
  for (const each of [encodings, pseudoRectangles, announcements]) {
    for (const encoding of Object.values(each)) asked.add(encoding);
  }
  for (const type of Object.values(clientMessages)) asked.addRequest(type);
  for (const name of askedRelays) asked.addRelay(name);
  asked.addColourMap();
  asked.extendedClipboardShown = true;
  return asked;
}

/** The requests of a KasmVNC client whose answers need one; a standard client has none. */
export function requestsOf(form: RfbProtocol): Uint8Array {
  if (form === 'rfb') return new Uint8Array(0);
  const out = new WriteCursor().raw(bytesOf('b2 000000 bd 000000 00000001 be 000000 bf 000000 b8 00'));
  for (const name of askedRelays) out.u8(clientMessages.subscribeUnixRelay).u8(name.length).ascii(name);
  return out.finish();
}
