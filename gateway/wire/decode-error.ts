/** What is wrong with the bytes: a closed set, so that metrics can count by it. */
export type DecodeErrorKind =
  /** A value no version of the protocol allows here. */
  | 'malformed'
  /** A message, encoding or version that this gateway does not follow. */
  | 'unsupported'
  /** A length or count above its limit. */
  | 'limit'
  /** Legal by itself, but not at this point of the conversation. */
  | 'out_of_order';

/**
 * Bytes of a peer that cannot be followed any further. There is no way to find the next message
 * boundary after one, so whoever catches it closes the stream. It never carries payload.
 */
export class DecodeError extends Error {
  readonly kind: DecodeErrorKind;
  /** The field that was being read, as the protocol's specification names it. */
  readonly field: string;
  /** Bytes of that direction's stream before the field, where they are counted; else 0. */
  readonly offset: number;

  constructor(kind: DecodeErrorKind, message: string, field: string, offset = 0) {
    super(message);
    this.name = 'DecodeError';
    this.kind = kind;
    this.field = field;
    this.offset = offset;
  }
}

/** Refuses a length above its limit, in the words every such refusal uses. */
export function limitError(field: string, value: number, limit: number, offset = 0): DecodeError {
  return new DecodeError('limit', `${field} is ${value}, the limit is ${limit}`, field, offset);
}
