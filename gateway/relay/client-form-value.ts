import type { RfbProtocol } from '../rfb/numbers.ts';

const forms: readonly RfbProtocol[] = ['rfb', 'kasmvnc'];

/**
 * Which dialect of RFB a client says it speaks: the value of `client` in its stream's query.
 * @returns undefined when it says nothing, so that its messages have to show it; `unknown` for what is none.
 */
export function parseClientForm(value: string | undefined): RfbProtocol | undefined | 'unknown' {
  if (value === undefined) return undefined;
  return forms.find(form => form === value) ?? 'unknown';
}
