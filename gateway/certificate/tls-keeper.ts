/**
 * Keeps the certificates fresh: reads them, reads them again on a signal, when their folders change and once in a
 * while anyway, gives them to the listener, warns before they expire. What is bad is refused, and what was served
 * before it is served on.
 */
import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import { StartError } from '../../config/command-line.ts';
import type { TlsConfig } from '../../config/gateway-tls.ts';
import { errorText, type Log } from '../../config/log.ts';
import { Counter, GaugeFamily, type Metric } from '../audit/metric.ts';
import type { ShownCertificate } from './client-certificate.ts';
import { createCounters, type DoorTls, doorTlsOf, type TlsRefusal } from './door-tls.ts';
import { keepSelfSigned } from './kept-self-signed.ts';
import type { ServerCertificate } from './tls-certificate.ts';
import { readMaterial, type TlsMaterial, type TlsProblem } from './tls-material.ts';

export interface CertificateKeeperOptions {
  /** Undefined: nothing was configured. */
  readonly config: TlsConfig | undefined;
  readonly dataDir: string;
  /** The gateway listens without TLS: there is nothing to keep. */
  readonly plain?: boolean;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How often the files are read without any sign of a change. */
  readonly pollMs?: number;
  /** A program that renews writes several files: they are read when it has been quiet for so long. */
  readonly quietMs?: number;
}

/** What a reload came to. */
export type ReloadResult = 'taken' | 'unchanged' | 'refused';

interface Reloadable {
  reload(tls: DoorTls): void;
}

const dayMs = 86_400_000;
const warningDays = [1, 7, 14, 30];
const pollMsByDefault = 60_000;
const quietMsByDefault = 500;

export class CertificateKeeper implements AsyncDisposable {
  readonly #options: CertificateKeeperOptions;
  readonly #counters = createCounters();
  readonly #reloads = new Counter(
    'sluice_certificate_reloads_total',
    'Changed certificates, by what came of them.',
  );
  readonly #listeners = new Set<Reloadable>();
  readonly #watchers: FSWatcher[] = [];
  readonly #warnedDays = new Map<string, number>();
  #config: TlsConfig;
  #tls: DoorTls;
  #toldProblems = '';
  #running: Promise<ReloadResult> = Promise.resolve('unchanged');
  #pollTimer: ReturnType<typeof setInterval> | undefined;
  #quietTimer: ReturnType<typeof setTimeout> | undefined;

  private constructor(options: CertificateKeeperOptions, material: TlsMaterial) {
    this.#options = options;
    this.#config = options.config ?? {};
    this.#tls = this.#doorTls(this.#config, material);
  }

  /** @throws StartError with every problem when a certificate can't be served. One that expired is served, and logged. */
  static async open(options: CertificateKeeperOptions): Promise<CertificateKeeper> {
    const { config = {}, log } = options;
    const nowMs = options.now();
    const selfSigned = () => selfSignedFor(options);
    const { material, problems } = await readMaterial({ config, selfSigned, nowMs });
    if (material === undefined) {
      const fatal = problems.filter(problem => !problem.untimely);
      throw new StartError(fatal.map(problem => problem.message).join('; '));
    }
    const keeper = new CertificateKeeper(options, material);
    keeper.#toldProblems = textOf(problems);
    for (const problem of problems)
      log.error('serving a certificate that clients refuse', { error: problem.message });
    keeper.#tellDoubts();
    keeper.#warnOfExpiry();
    return keeper;
  }

  /** What is to be served now. */
  get tls(): DoorTls {
    return this.#tls;
  }

  /** Why the client of an accepted connection may not have a path; undefined when it may. */
  judge(shown: ShownCertificate | undefined, path: string): TlsRefusal | undefined {
    return this.#tls.clientGate?.judge(shown ?? { kind: 'none' }, path);
  }

  get metrics(): readonly Metric[] {
    const name = 'sluice_certificate_not_after_seconds';
    const help = 'When a certificate expires, in seconds since the epoch.';
    const read = () =>
      this.#labelled().map(([label, { notAfterMs }]) => ({
        labels: { name: label },
        value: notAfterMs / 1000,
      }));
    return [this.#reloads, this.#counters.clientsRefused, new GaugeFamily(name, help, read)];
  }

  /** From now on this listener is told of new certificates. */
  serve(listener: Reloadable): void {
    this.#listeners.add(listener);
  }

  /** Begins to look for changes. Without `watch: false` in the configuration, folders are watched too. */
  start(): void {
    this.#pollTimer = setInterval(() => void this.reload(), this.#options.pollMs ?? pollMsByDefault);
    this.#pollTimer.unref();
    this.#watchAnew();
  }

  #watchAnew(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close();
    if (this.#config.watch === false) return;
    // Folders, for a renewal swaps files and symbolic links under the names that we read.
    for (const folder of new Set(filesOf(this.#config).map(file => dirname(file)))) {
      try {
        const watcher = watch(folder, () => this.#reloadWhenQuiet());
        watcher.on('error', () => watcher.close());
        this.#watchers.push(watcher);
      } catch (error) {
        this.#options.log.warn('changes of certificates are noticed late: a folder can not be watched', {
          path: folder,
          error: errorText(error),
        });
      }
    }
  }

  /**
   * Reads all files again. One reload at a time; never throws.
   * @param cause for the log, when somebody asked for it.
   * @param config the section `tls` of a configuration that was read again; undefined in it means it is gone.
   */
  reload(cause?: string, config?: { readonly tls?: TlsConfig | undefined }): Promise<ReloadResult> {
    this.#running = this.#running.then(() => this.#reload(cause, config)).catch(error => this.#failed(error));
    return this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#pollTimer);
    clearTimeout(this.#quietTimer);
    for (const watcher of this.#watchers) watcher.close();
    await this.#running;
  }

  async #reload(
    cause: string | undefined,
    next: { readonly tls?: TlsConfig | undefined } | undefined,
  ): Promise<ReloadResult> {
    const { log, now } = this.#options;
    const config = next === undefined ? this.#config : (next.tls ?? {});
    const isReconfigured = JSON.stringify(config) !== JSON.stringify(this.#config);
    const selfSigned = () => selfSignedFor(this.#options);
    // Of another configuration the pieces are others: it is taken as a whole or not at all.
    const previous = isReconfigured ? undefined : this.#tls.material;
    const read = await readMaterial({ config, selfSigned, nowMs: now(), previous });
    const { material, problems } = read;
    this.#tellProblems(problems, cause);
    this.#warnOfExpiry();
    if (material === undefined || (!isReconfigured && sameMaterial(this.#tls.material, material))) {
      if (cause !== undefined && problems.length === 0) log.info('certificates are unchanged', { cause });
      return problems.length === 0 ? 'unchanged' : 'refused';
    }
    const tls = this.#doorTls(config, material);
    this.#giveOut(tls);
    this.#config = config;
    this.#tls = tls;
    if (isReconfigured && this.#pollTimer !== undefined) this.#watchAnew();
    this.#reloads.add(1, { result: 'taken' });
    log.info('serving new certificates', {
      cause: cause ?? 'the files changed',
      count: this.#labelled().length,
    });
    this.#tellDoubts();
    this.#warnedDays.clear();
    this.#warnOfExpiry();
    return problems.length === 0 ? 'taken' : 'refused';
  }

  /** To every listener. @throws when one can not take it: all of them serve what they had, and the next read tries again. */
  #giveOut(tls: DoorTls): void {
    try {
      for (const listener of this.#listeners) listener.reload(tls);
    } catch (error) {
      for (const listener of this.#listeners) this.#giveBack(listener);
      throw error;
    }
  }

  #giveBack(listener: Reloadable): void {
    try {
      listener.reload(this.#tls);
    } catch (error) {
      this.#options.log.error('a listener could not be given its certificates back', {
        error: errorText(error),
      });
    }
  }

  #failed(error: unknown): ReloadResult {
    this.#reloads.add(1, { result: 'refused' });
    this.#options.log.error('certificates could not be read again, those before are served on', {
      error: errorText(error),
    });
    return 'refused';
  }

  /** Once for each new set of problems, and whenever somebody asked. */
  #tellProblems(problems: readonly TlsProblem[], cause: string | undefined): void {
    const text = textOf(problems);
    const isNews = text !== this.#toldProblems;
    this.#toldProblems = text;
    if (problems.length === 0 || (!isNews && cause === undefined)) return;
    this.#reloads.add(1, { result: 'refused' });
    for (const { message } of problems) {
      this.#options.log.error('a certificate is refused, the one before it is served on', {
        error: message,
        cause,
      });
    }
  }

  #reloadWhenQuiet(): void {
    clearTimeout(this.#quietTimer);
    this.#quietTimer = setTimeout(() => void this.reload(), this.#options.quietMs ?? quietMsByDefault);
  }

  #tellDoubts(): void {
    for (const [name, { doubts }] of this.#labelled()) {
      for (const doubt of doubts)
        this.#options.log.warn('a certificate chain is odd', { name, error: doubt });
    }
  }

  /** Once for each threshold that is passed, and daily after the last. */
  #warnOfExpiry(): void {
    const nowMs = this.#options.now();
    for (const [name, { notAfterMs }] of this.#labelled()) {
      const days = Math.floor((notAfterMs - nowMs) / dayMs);
      const threshold = days < 1 ? days : warningDays.find(each => days <= each);
      if (threshold === undefined || this.#warnedDays.get(name) === threshold) continue;
      this.#warnedDays.set(name, threshold);
      const level = days < 7 ? 'error' : 'warn';
      const message = nowMs >= notAfterMs ? 'a certificate has expired' : 'a certificate expires soon';
      this.#options.log[level](message, { name, limit: days, hint: new Date(notAfterMs).toISOString() });
    }
  }

  #doorTls(config: TlsConfig, material: TlsMaterial): DoorTls {
    return doorTlsOf(config, material, this.#counters, this.#options.now);
  }

  #labelled() {
    return this.#options.plain === true ? [] : labelledCertificates(this.#tls.material);
  }
}

async function selfSignedFor({
  plain,
  dataDir,
  log,
  now,
}: CertificateKeeperOptions): Promise<ServerCertificate> {
  return plain === true ? noCertificate : keepSelfSigned(dataDir, log, now());
}

const noCertificate: ServerCertificate = {
  certificate: '',
  privateKey: '',
  names: [],
  notBeforeMs: 0,
  notAfterMs: Number.POSITIVE_INFINITY,
  doubts: [],
};

/** Each certificate once, under `default` or the first of its names. */
function labelledCertificates({ standard, named }: TlsMaterial) {
  const own = named.map(({ names, certificate }) => [names[0] ?? 'default', certificate] as const);
  return own.some(([, certificate]) => certificate === standard)
    ? own
    : [['default', standard] as const, ...own];
}

function sameMaterial(one: TlsMaterial, other: TlsMaterial): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function textOf(problems: readonly TlsProblem[]): string {
  return problems.map(problem => problem.message).join('\n');
}

/** The files that are the operator's; the self-signed pair changes only by our own hand. */
function filesOf(config: TlsConfig): string[] {
  const { client_certificates: clients, certificates = [] } = config;
  return [
    ...[config, ...certificates].flatMap(pair => [pair.certificate, pair.private_key, pair.passphrase_file]),
    clients?.authorities,
    clients?.revocation_list,
  ].filter(file => file !== undefined);
}
