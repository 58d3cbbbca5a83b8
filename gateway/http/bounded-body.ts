/** A body from a peer that is not trusted: so many bytes in all, so long for each piece. */

export interface BodyBounds {
  readonly bytesMax: number;
  /** For the next piece. */
  readonly stallMs: number;
  /** Called once, when the body has ended in whatever way. */
  readonly onEnd: () => void;
}

export interface BoundedBody {
  /** The first bytes, at least `startBytes` where the body has as many. */
  readonly start: Uint8Array;
  /** All of it. It fails when a bound is crossed, so that what the client got does not look whole. */
  readonly stream: ReadableStream<Uint8Array>;
}

const startBytes = 512;

/** @throws Error when the source fails or is too slow before its first bytes are there; `onEnd` was called then. */
export async function boundBody(
  source: ReadableStream<Uint8Array> | null,
  bounds: BodyBounds,
): Promise<BoundedBody> {
  const pieces = new BoundedPieces(source ?? emptyBody(), bounds);
  const start: Uint8Array[] = [];
  let length = 0;
  while (length < startBytes) {
    const piece = await pieces.read();
    if (piece === undefined) break;
    start.push(piece);
    length += piece.length;
  }
  const waiting = [...start];
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = waiting.shift() ?? (await pieces.read());
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
    cancel: reason => pieces.cancel(reason),
  });
  return { start: Buffer.concat(start), stream };
}

class BoundedPieces {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #bounds: BodyBounds;
  #bytes = 0;
  #ended = false;

  constructor(source: ReadableStream<Uint8Array>, bounds: BodyBounds) {
    this.#reader = source.getReader();
    this.#bounds = bounds;
  }

  /** @returns undefined at the end. */
  async read(): Promise<Uint8Array | undefined> {
    if (this.#ended) return undefined;
    const { bytesMax, stallMs } = this.#bounds;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new Error(`the desktop sent nothing for ${stallMs} ms`)),
      stallMs,
    );
    try {
      const { done, value } = await Promise.race([this.#reader.read(), late.promise]);
      if (done) {
        this.#end();
        return undefined;
      }
      this.#bytes += value.length;
      if (this.#bytes > bytesMax) throw new Error(`the body is over the limit of ${bytesMax} bytes`);
      return value;
    } catch (error) {
      await this.cancel(error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async cancel(reason: unknown): Promise<void> {
    this.#end();
    // The source may have failed by itself: it is gone either way.
    await this.#reader.cancel(reason).catch(() => {});
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#bounds.onEnd();
  }
}

const emptyBody = (): ReadableStream<Uint8Array> =>
  new ReadableStream({ start: controller => controller.close() });
