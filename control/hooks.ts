/**
 * What one room tells the others without importing them. A hook runs its listeners in this process
 * and, through the cache, in every other control instance.
 */
import type { GroupId, ImageId, UserId } from '../config/ids.ts';
import { errorText, type Log } from '../config/log.ts';
import type { Cache } from './cache/cache.ts';

/** A user may no longer do anything: their streams are to be cut within a second. */
export interface UserLocked {
  readonly userId: UserId;
  readonly cause: 'locked' | 'disabled' | 'deleted' | 'logged_out';
}

/** What streams may do changed for all members of a group, for one user, or for the desktops of an image. */
export type SettingsChanged =
  | { readonly groupId: GroupId }
  | { readonly userId: UserId }
  | { readonly imageId: ImageId };

/** A user is about to be deleted. Only in this process: a listener that throws stops the deletion. */
export interface UserDeleting {
  readonly userId: UserId;
  /** False: sessions of the user must stop the deletion (throw ApiError); true: end them. */
  readonly force: boolean;
}

export type Listener<Event> = (event: Event) => void | Promise<void>;

export class Hook<Event> {
  readonly #listeners = new Set<Listener<Event>>();

  /** @returns a function that takes the listener away again. */
  add(listener: Listener<Event>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Runs all listeners, one after another. @throws what the first failing one throws. */
  async run(event: Event): Promise<void> {
    for (const listener of [...this.#listeners]) await listener(event);
  }
}

/** A hook heard by all control instances. A listener that fails is logged and stops nothing. */
export class SharedHook<Event> {
  readonly #local = new Hook<Event>();
  readonly #origin = crypto.randomUUID();
  readonly #topic: string;
  readonly #cache: Cache;
  readonly #log: Log;

  constructor(topic: string, cache: Cache, log: Log) {
    this.#topic = topic;
    this.#cache = cache;
    this.#log = log;
  }

  add(listener: Listener<Event>): () => void {
    return this.#local.add(async event => {
      try {
        await listener(event);
      } catch (error) {
        this.#log.error('listener failed', { name: this.#topic, error: errorText(error) });
      }
    });
  }

  /** Hears the other instances; call once at start. */
  async listen(): Promise<void> {
    await this.#cache.subscribe(this.#topic, text => {
      const message = JSON.parse(text) as { origin: string; event: Event };
      if (message.origin !== this.#origin) void this.#local.run(message.event);
    });
  }

  /** Runs this process's listeners, then tells the other instances; a cache that is down only costs the latter. */
  async run(event: Event): Promise<void> {
    await this.#local.run(event);
    try {
      await this.#cache.publish(this.#topic, JSON.stringify({ origin: this.#origin, event }));
    } catch (error) {
      this.#log.warn('other control instances could not be told', {
        name: this.#topic,
        error: errorText(error),
      });
    }
  }
}

/** What a user's record tells of one of their sessions; filled in by the sessions room. */
export interface UserKasm {
  readonly kasm_id: string;
  readonly start_date: string;
  readonly keepalive_date: string | null;
  readonly expiration_date: string | null;
}

/** A question one room asks and another answers. Until somebody does, the answer is `unanswered`. */
export class Question<Input, Answer> {
  #answer: (input: Input) => Promise<Answer>;

  constructor(unanswered: Answer) {
    this.#answer = async () => unanswered;
  }

  answerWith(answer: (input: Input) => Promise<Answer>): void {
    this.#answer = answer;
  }

  ask(input: Input): Promise<Answer> {
    return this.#answer(input);
  }
}

export interface Hooks {
  readonly userLocked: SharedHook<UserLocked>;
  readonly settingsChanged: SharedHook<SettingsChanged>;
  readonly userDeleting: Hook<UserDeleting>;
  /** The running sessions of some users, by user. */
  readonly kasmsOfUsers: Question<readonly UserId[], ReadonlyMap<UserId, readonly UserKasm[]>>;
}

export async function startHooks(cache: Cache, log: Log): Promise<Hooks> {
  const userLocked = new SharedHook<UserLocked>('user_locked', cache, log);
  const settingsChanged = new SharedHook<SettingsChanged>('settings_changed', cache, log);
  await Promise.all([userLocked.listen(), settingsChanged.listen()]);
  return { userLocked, settingsChanged, userDeleting: new Hook(), kasmsOfUsers: new Question(new Map()) };
}
