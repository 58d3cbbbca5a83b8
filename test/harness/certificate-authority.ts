/** Certificates as a real authority issues them, made with openssl. */
import { readFile, writeFile } from 'node:fs/promises';
import { runToEnd } from './processes.ts';
import { makeTempFolder, type TempFolder } from './temp-folder.ts';

export interface IssuedPair {
  /** Paths of PEM files. */
  readonly certificate: string;
  readonly privateKey: string;
}

export interface IssueOptions {
  /** Host names for the subject alternative name; none for a client. */
  readonly names?: readonly string[];
  /** From now on; negative: it has expired. Default 90. */
  readonly days?: number;
  /** Instead of a key on P-256. */
  readonly rsa?: boolean;
}

export class CertificateAuthority implements AsyncDisposable {
  readonly #folder: TempFolder;
  #revoked = 0;

  private constructor(folder: TempFolder) {
    this.#folder = folder;
  }

  static async create(): Promise<CertificateAuthority> {
    const authority = new CertificateAuthority(await makeTempFolder('authority'));
    const { certificate, privateKey } = authority.#pair('authority');
    await authority.#openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
      ...['-keyout', privateKey, '-out', certificate, '-subj', '/CN=Test Authority'],
    );
    const lines = [
      '[ca]',
      'default_ca=own',
      '[own]',
      'database=index',
      'crlnumber=number',
      'default_md=sha256',
    ];
    await writeFile(authority.#folder.file('ca.conf'), `${[...lines, 'default_crl_days=10'].join('\n')}\n`);
    await writeFile(authority.#folder.file('index'), '');
    await writeFile(authority.#folder.file('number'), '01\n');
    return authority;
  }

  /** PEM file of the authority's own certificate. */
  get certificateFile(): string {
    return this.#pair('authority').certificate;
  }

  /** @param name common name of the subject, and name of the files. */
  async issue(name: string, { names = [], days = 90, rsa = false }: IssueOptions = {}): Promise<IssuedPair> {
    const pair = this.#pair(name);
    const request = this.#folder.file(`${name}.csr`);
    const key = rsa ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    const common = ['-nodes', '-keyout', pair.privateKey, '-out', request, '-subj', `/CN=${name}/O=Example`];
    await this.#openssl('req', '-newkey', ...key, ...common);
    const extensions = this.#folder.file(`${name}.ext`);
    await writeFile(
      extensions,
      names.length === 0
        ? 'extendedKeyUsage=clientAuth\n'
        : `subjectAltName=${names.map(each => `DNS:${each}`)}\n`,
    );
    const { certificate, privateKey } = this.#pair('authority');
    await this.#openssl(
      ...['x509', '-req', '-in', request, '-CA', certificate, '-CAkey', privateKey, '-CAcreateserial'],
      ...['-days', String(days), '-extfile', extensions, '-out', pair.certificate],
    );
    return pair;
  }

  /** @returns PEM file of the list of all that was revoked. */
  async revoke(pair: IssuedPair): Promise<string> {
    const { certificate, privateKey } = this.#pair('authority');
    const common = ['ca', '-config', 'ca.conf', '-cert', certificate, '-keyfile', privateKey];
    await this.#openssl(...common, '-revoke', pair.certificate);
    this.#revoked += 1;
    const list = this.#folder.file(`revoked-${this.#revoked}.pem`);
    await this.#openssl(...common, '-gencrl', '-out', list);
    return list;
  }

  /** The certificate with the authority's own behind it. */
  async chainOf(pair: IssuedPair): Promise<string> {
    const texts = await Promise.all(
      [pair.certificate, this.certificateFile].map(file => readFile(file, 'utf8')),
    );
    return texts.join('');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }

  #pair(name: string): IssuedPair {
    return { certificate: this.#folder.file(`${name}.pem`), privateKey: this.#folder.file(`${name}.key`) };
  }

  async #openssl(...options: readonly string[]): Promise<void> {
    const { exitCode, stderr } = await runToEnd(['openssl', ...options], { cwd: this.#folder.path });
    if (exitCode !== 0) throw new Error(`openssl ${options[0]} failed: ${stderr}`);
  }
}
