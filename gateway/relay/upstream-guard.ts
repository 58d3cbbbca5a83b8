/**
 * Keeps a grant from making the gateway dial what is none of its business: its own services, control, the cloud's
 * metadata service, link-local neighbours, or whatever the operator excludes. A name is resolved once; what is checked is
 * what is dialled, so that a name that resolves otherwise a moment later changes nothing.
 */
import { AddressRanges, normaliseAddress } from '../../config/address-range.ts';
import type { UpstreamsConfig } from '../../config/gateway-upstreams.ts';
import { limits } from '../../config/limits.ts';
import { UpstreamError } from './upstream.ts';
import type { UpstreamAddress } from './upstream-address.ts';

/** Never a desktop's, unless `allow` names a part of one of them. */
const refusedAnyway = [
  '0.0.0.0/8',
  // Link-local, with the metadata service of most clouds.
  '169.254.0.0/16',
  'fe80::/10',
  // Metadata and platform services elsewhere.
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd20:ce::254',
  // Multicast, reserved and broadcast.
  '224.0.0.0/4',
  '240.0.0.0/4',
  'ff00::/8',
  // IPv4 in IPv6 clothes: it has a spelling of its own. Compatible, translated (RFC 6052, 8215, 2765), 6to4, Teredo.
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '::ffff:0:0:0/96',
  '2002::/16',
  '2001::/32',
] as const;

const loopback = ['127.0.0.0/8', '::1'] as const;

/** Every spelling of this machine, whatever addresses it has. */
const alwaysHere = [...loopback, '0.0.0.0', '::'] as const;

/** Addresses of one name that are tried in turn. */
const addressesMax = 4;

export interface UpstreamGuardOptions {
  readonly config: UpstreamsConfig;
  /** Who made the grants: the operator's own file, or control. */
  readonly grantedBy: 'file' | 'control';
  /** Whether desktops may be on this machine. */
  readonly allowsLoopback: boolean;
  /** Ports of this machine that are this gateway's own. */
  readonly ownPorts: () => readonly number[];
  /** Of its interfaces. */
  readonly machineAddresses: () => readonly string[];
  /** What the gateway itself uses, such as control: never a desktop. The host is a name or an address. */
  readonly services: readonly { readonly host: string; readonly port: number }[];
  /** Every address of a name. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
}

export class UpstreamGuard {
  readonly #options: UpstreamGuardOptions;
  readonly #allowed: AddressRanges;
  readonly #denied: AddressRanges;
  readonly #refused: AddressRanges;
  readonly #lifted: AddressRanges;
  readonly #alwaysHere = new AddressRanges(alwaysHere);

  constructor(options: UpstreamGuardOptions) {
    this.#options = options;
    const { allow, deny } = options.config;
    const refused = options.allowsLoopback ? refusedAnyway : [...refusedAnyway, ...loopback];
    this.#allowed = new AddressRanges(allow);
    this.#denied = new AddressRanges(deny);
    this.#refused = new AddressRanges(refused);
    const lifted = allow.filter(range => refused.some(outer => isInside(range, outer)));
    this.#lifted = new AddressRanges(options.allowsLoopback ? [...lifted, ...loopback] : lifted);
  }

  /**
   * Checks an address, its name resolved, and dials what was checked: each address of the name in turn until one
   * answers.
   * @param dial is told how long the connection may take: the addresses of a name share the time.
   * @throws UpstreamError `upstream_forbidden` without having dialled; whatever `dial` throws for the last one, or
   *   for one whose failure no other address would mend.
   */
  async dial<T>(
    address: UpstreamAddress,
    dial: (checked: UpstreamAddress, timeMs: number) => Promise<T>,
  ): Promise<T> {
    const [first, ...others] = await this.check(address);
    const timeMs = Math.ceil(limits.upstreamDialTimeMs / (1 + others.length));
    let checked = first;
    for (const next of others) {
      try {
        return await dial(checked, timeMs);
      } catch (error) {
        if (!(error instanceof UpstreamError) || !error.elsewhere) throw error;
        checked = next;
      }
    }
    return dial(checked, timeMs);
  }

  /**
   * @returns the address once for each IP address of its name that may be dialled, IPv4 first; at least one.
   * @throws UpstreamError
   */
  async check(address: UpstreamAddress): Promise<[UpstreamAddress, ...UpstreamAddress[]]> {
    const { endpoint } = address;
    if ('socket' in endpoint) {
      if (this.#maySocket(endpoint.socket)) return [address];
      throw forbidden(`the Unix socket ${endpoint.socket} is in none of the folders of upstreams.sockets`);
    }
    const { host, port } = endpoint;
    const literal = normaliseAddress(host);
    const found = literal === undefined ? await this.#resolve(host, 'the desktop') : [literal];
    // Hardly any grant names the port of a service: then nothing is waited for.
    const isOfService = this.#options.services.some(service => service.port === port);
    const services = isOfService ? await this.#servicesAt(port) : [];
    const problems = found.map(each => this.#problemOf(each, port, services));
    const [first, ...others] = found
      .filter((_, index) => problems[index] === undefined)
      .slice(0, addressesMax)
      .map(each => ({ ...address, endpoint: { host: each, port } }));
    if (first !== undefined) return [first, ...others];
    throw forbidden(problems[0] ?? `${host} has no address`);
  }

  /** Addresses of the services at this port. */
  async #servicesAt(port: number): Promise<string[]> {
    const hosts = this.#options.services.filter(service => service.port === port).map(({ host }) => host);
    const found = hosts.map(host => {
      const literal = normaliseAddress(host.replace(/^\[|\]$/g, ''));
      return literal === undefined ? this.#resolve(host, 'a service at the same port') : [literal];
    });
    return (await Promise.all(found)).flat();
  }

  async #resolve(host: string, whose: string): Promise<string[]> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer within ${limits.upstreamDialTimeMs} ms`)),
        limits.upstreamDialTimeMs,
      );
    });
    try {
      const found = await Promise.race([this.#options.resolve(host), late]);
      const plain = found.flatMap(each => normaliseAddress(each) ?? []);
      return [...plain.filter(each => !each.includes(':')), ...plain.filter(each => each.includes(':'))];
    } catch {
      throw new UpstreamError('upstream_refused', `the name of ${whose} can not be resolved`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** @returns why this IP address is not dialled. */
  #problemOf(address: string, port: number, services: readonly string[]): string | undefined {
    if (this.#denied.includes(address)) return `${address} is in upstreams.deny`;
    if (this.#options.ownPorts().includes(port) && this.#isHere(address)) {
      return `${address} port ${port} is a service of the gateway itself`;
    }
    if (services.some(each => each === address || (this.#isHere(each) && this.#isHere(address)))) {
      return `${address} port ${port} is a service that the gateway uses`;
    }
    if (this.#refused.includes(address) && !this.#lifted.includes(address)) {
      return `${address} is no address of desktops (upstreams.allow can name it)`;
    }
    if (this.#allowed.isEmpty || this.#allowed.includes(address)) return undefined;
    return `${address} is not in upstreams.allow`;
  }

  #isHere(address: string): boolean {
    if (this.#alwaysHere.includes(address)) return true;
    return this.#options.machineAddresses().some(each => normaliseAddress(each) === address);
  }

  #maySocket(path: string): boolean {
    if (this.#options.grantedBy === 'file') return true;
    if (path.split('/').includes('..')) return false;
    return this.#options.config.sockets.some(folder => path.startsWith(`${folder.replace(/\/+$/, '')}/`));
  }
}

function forbidden(message: string): UpstreamError {
  return new UpstreamError('upstream_forbidden', `the desktop may not be dialled: ${message}`);
}

/** Whether a range lies wholly inside another, both as written in a configuration. */
function isInside(range: string, outer: string): boolean {
  const [address = ''] = range.split('/');
  return new AddressRanges([outer]).includes(address) && bitsOf(range) >= bitsOf(outer);
}

/** Of 128, as IPv4 counts as mapped. */
function bitsOf(range: string): number {
  const [address = '', bits] = range.split('/');
  const width = address.includes(':') ? 128 : 32;
  return 128 - width + Number(bits ?? width);
}
