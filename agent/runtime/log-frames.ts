/**
 * The engine's log stream of a container without a terminal: frames of
 *   1 byte stream (1 stdout, 2 stderr) · 3 bytes zero · 4 bytes length, big endian · that many bytes of text.
 * Pure. (Docker Engine API, "Attach to a container", stream format.)
 */
const headerBytes = 8;

/** The text of all whole frames. What has no frame header (a container with a terminal) is text already. */
export function demultiplex(logs: Uint8Array): string {
  const view = new DataView(logs.buffer, logs.byteOffset, logs.byteLength);
  const decoder = new TextDecoder();
  if (logs.length >= headerBytes && !isHeader(view, 0)) return decoder.decode(logs);
  let text = '';
  for (let at = 0; at + headerBytes <= logs.length; ) {
    const end = at + headerBytes + view.getUint32(at + 4);
    if (end > logs.length) break;
    text += decoder.decode(logs.subarray(at + headerBytes, end), { stream: true });
    at = end;
  }
  return text + decoder.decode();
}

function isHeader(view: DataView, at: number): boolean {
  return view.getUint8(at) <= 2 && view.getUint8(at + 1) === 0 && view.getUint16(at + 2) === 0;
}
