import { DecodeError, type DecodeErrorKind } from '../wire/decode-error.ts';

/**
 * A peer broke the framing of RFC 6455 or a limit of ours. There is no way to go on with its bytes: the connection
 * closes with `closeCode`.
 */
export class FrameError extends DecodeError {
  /** What the close frame towards the peer says (section 7.4.1): 1002, 1003, 1007 or 1009. */
  readonly closeCode: number;

  constructor(kind: DecodeErrorKind, message: string, field: string, offset: number, closeCode: number) {
    super(kind, message, field, offset);
    this.name = 'FrameError';
    this.closeCode = closeCode;
  }
}
