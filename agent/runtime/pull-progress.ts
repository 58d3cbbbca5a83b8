/** Adds up an engine's pull stream, which tells of every layer by itself, into one figure. Pure. */
import type { DesktopProgressStep } from './desktop-runtime.ts';
import type { EngineProgress } from './docker-connection.ts';

interface Layer {
  current: number;
  total: number;
  done: boolean;
}

/** Download is most of the wait; unpacking the rest. */
const downloadShare = 0.7;

export class PullProgress {
  readonly #layers = new Map<string, Layer>();
  #shown = '';

  /** Takes one line of the stream. @returns whether the step to show has changed */
  take(line: EngineProgress): boolean {
    this.#count(line);
    const { message, progress } = this.step();
    const shown = `${message} ${progress}`;
    if (shown === this.#shown) return false;
    this.#shown = shown;
    return true;
  }

  #count({ id, status, progressDetail }: EngineProgress): void {
    if (id === undefined || status === undefined) return;
    if (status === 'Pulling fs layer') this.#layers.set(id, { current: 0, total: 0, done: false });
    if (status === 'Already exists') this.#layers.set(id, { current: 0, total: 0, done: true });
    const layer = this.#layers.get(id);
    if (layer === undefined) return;
    const total = progressDetail?.total ?? 0;
    const part = total > 0 ? Math.min(1, (progressDetail?.current ?? 0) / total) : 0;
    if (status === 'Downloading') {
      layer.total = Math.max(layer.total, total);
      layer.current = Math.max(layer.current, part * downloadShare);
    } else if (status === 'Download complete') layer.current = Math.max(layer.current, downloadShare);
    else if (status === 'Extracting')
      layer.current = Math.max(layer.current, downloadShare + part * (1 - downloadShare));
    else if (status === 'Pull complete') Object.assign(layer, { current: 1, done: true });
  }

  step(): DesktopProgressStep {
    const layers = [...this.#layers.values()];
    if (layers.length === 0)
      return { phase: 'pulling', message: 'asking the registry for the image', progress: 0 };
    const done = layers.filter(layer => layer.done).length;
    // A layer whose size is not known yet counts as one byte: its turn comes with its first line.
    const weight = layers.reduce((sum, layer) => sum + Math.max(1, layer.total), 0);
    const reached = layers.reduce(
      (sum, layer) => sum + Math.max(1, layer.total) * (layer.done ? 1 : layer.current),
      0,
    );
    return {
      phase: 'pulling',
      message: `pulling the image: ${done} of ${layers.length} layers`,
      progress: Math.floor((reached / weight) * 100),
    };
  }
}
