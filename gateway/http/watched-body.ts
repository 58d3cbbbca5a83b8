/**
 * A response body whose reader must go on reading. `Bun.serve` counts a connection's idle time from the start of the
 * request, whatever flows meanwhile, so a long answer has that limit lifted; in its place this watches that the
 * client takes what it was offered. How long the source needs for its next piece is the source's own matter.
 *
 * @param stallMs after which a client that takes nothing more is given up: the source is cancelled, the body fails.
 * @param onEnd is called once, however the body ends.
 */
export function watchBody(
  source: ReadableStream<Uint8Array>,
  stallMs: number,
  onEnd: () => void,
): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const end = (): void => {
    clearTimeout(timer);
    if (ended) return;
    ended = true;
    onEnd();
  };
  const giveUp = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    end();
    const reason = new Error(`the client took nothing for ${stallMs} ms`);
    // The source may have failed by itself meanwhile: it is gone either way.
    reader.cancel(reason).catch(() => {});
    controller.error(reason);
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      clearTimeout(timer);
      try {
        const { done, value } = await reader.read();
        if (ended) return;
        if (done) {
          end();
          controller.close();
          return;
        }
        timer = setTimeout(() => giveUp(controller), stallMs);
        controller.enqueue(value);
      } catch (error) {
        end();
        throw error;
      }
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  });
}
