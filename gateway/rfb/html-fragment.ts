/**
 * HTML as the extended clipboard carries it: the clipboard format of Windows ("HTML Format"), which is a head
 * of offsets before the document. Offsets are in bytes from the start of the whole.
 *
 *     Version:0.9\r\nStartHTML:…\r\nEndHTML:…\r\nStartFragment:…\r\nEndFragment:…\r\n
 *     <html><body><!--StartFragment-->the fragment<!--EndFragment--></body></html>
 */
const before = '<html><body>\r\n<!--StartFragment-->';
const after = '<!--EndFragment-->\r\n</body></html>';
const digits = 10;
/** How far into the item its head may reach. */
const headBytesMax = 512;

const headOf = (start: number, end: number, fragmentStart: number, fragmentEnd: number): string =>
  [
    'Version:0.9',
    `StartHTML:${padded(start)}`,
    `EndHTML:${padded(end)}`,
    `StartFragment:${padded(fragmentStart)}`,
    `EndFragment:${padded(fragmentEnd)}`,
    '',
  ].join('\r\n');

const padded = (offset: number): string => String(offset).padStart(digits, '0');
const headBytes = headOf(0, 0, 0, 0).length;

/** Puts plain HTML (UTF-8) into a head and a document. */
export function wrapHtmlFragment(html: Uint8Array): Uint8Array {
  const fragmentStart = headBytes + before.length;
  const fragmentEnd = fragmentStart + html.length;
  const end = fragmentEnd + after.length;
  const wrapped = new Uint8Array(end);
  const encoder = new TextEncoder();
  wrapped.set(encoder.encode(headOf(headBytes, end, fragmentStart, fragmentEnd) + before), 0);
  wrapped.set(html, fragmentStart);
  wrapped.set(encoder.encode(after), fragmentEnd);
  return wrapped;
}

/** The plain HTML of an item (a view of it): its fragment, or all of it when it has no head that fits. */
export function unwrapHtmlFragment(item: Uint8Array): Uint8Array {
  const head = new TextDecoder('latin1').decode(item.subarray(0, headBytesMax));
  if (!head.startsWith('Version:')) return item;
  const start = Number(/\bStartFragment:(\d{1,10})\r?\n/.exec(head)?.[1]);
  const end = Number(/\bEndFragment:(\d{1,10})\r?\n/.exec(head)?.[1]);
  const fits = start <= end && end <= item.length;
  return fits ? item.subarray(start, end) : item;
}

/** The same of an item that may end with a NUL, as some senders do. */
export function plainHtml(item: Uint8Array): Uint8Array {
  return unwrapHtmlFragment(item.at(-1) === 0 ? item.subarray(0, -1) : item);
}
