/** A worker's end of the channel to its parent process. */
import { limits } from '../../config/limits.ts';
import { encodeMessage, parseToWorker, type ToParent, type ToWorker } from './message.ts';

type Answer = Extract<ToWorker, { readonly id: number }>;
type Question = Extract<ToParent, { readonly id: number }>;
type WithoutId<Message> = Message extends unknown ? Omit<Message, 'id'> : never;

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

export interface ParentLinkOptions {
  /** Every message that is no answer. */
  readonly onMessage: (message: Exclude<ToWorker, Answer>) => void;
  /** The parent is gone, or sent what is no message. */
  readonly onLost: (error: Error | undefined) => void;
}

export class ParentLink {
  readonly #options: ParentLinkOptions;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;

  /** @throws Error when this process was not started with a channel */
  constructor(options: ParentLinkOptions) {
    if (process.send === undefined) throw new Error('this program is started by gateway/main.ts only');
    this.#options = options;
    process.on('message', text => this.#take(text));
    process.on('disconnect', () => options.onLost(undefined));
  }

  post(message: ToParent): void {
    // A parent that is gone is told of by `disconnect`.
    if (process.connected) process.send?.(encodeMessage(message));
  }

  /** As `post`; tells when it is written, or can't be. */
  say(message: ToParent, onWritten: () => void): void {
    if (process.connected && process.send !== undefined) {
      process.send(encodeMessage(message), undefined, undefined, onWritten);
    } else onWritten();
  }

  /** @throws Error when no answer comes in time; MessageError when the question is over the limit */
  async ask(question: WithoutId<Question>): Promise<Answer> {
    const id = this.#nextId++;
    // First, for it may throw: nobody waits then. An answer comes in a later turn.
    this.post({ ...question, id });
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`the parent process did not answer within ${limits.workerRequestTimeMs} ms`));
      }, limits.workerRequestTimeMs);
      this.#waiting.set(id, { resolve, reject, timer });
    });
  }

  #take(text: unknown): void {
    let message: ToWorker;
    try {
      message = parseToWorker(text);
    } catch (error) {
      this.#options.onLost(error as Error);
      return;
    }
    if (!('id' in message)) {
      const pushed = message;
      // Behind the stream that the answer before it opened: what is pushed holds for it too.
      setImmediate(() => this.#options.onMessage(pushed));
      return;
    }
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    this.#waiting.delete(message.id);
    clearTimeout(waiting.timer);
    waiting.resolve(message);
  }
}
