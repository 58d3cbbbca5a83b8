import { DecodeError } from '../wire/decode-error.ts';
import { ReadCursor } from '../wire/read-cursor.ts';

const latin = new TextDecoder('latin1');

/**
 * The name in a whole SubscribeUnixRelay of the client or a UnixRelay of either side: type · u8 name length ·
 * name [· …].
 * @throws DecodeError for a name that is not printable: a server that reads it as a C string would see another.
 */
export function relayName(bytes: Uint8Array, start: number): string {
  const cursor = new ReadCursor(bytes, start + 1);
  const name = latin.decode(cursor.view(cursor.u8('relay name length'), 'relay name'));
  if (!/^[\x20-\x7e]*$/.test(name)) {
    throw new DecodeError('malformed', 'a relay name has bytes that are not printable', 'relay name');
  }
  return name;
}

/** What the relay of this name is for. */
export function relayKind(name: string): 'printer' | 'smart_card' | 'other_relay' {
  if (name === 'printer') return 'printer';
  return name === 'smartcard' ? 'smart_card' : 'other_relay';
}
