/** One handshake by `openssl s_client`, and what it says of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface OpensslHandshake {
  readonly version: string | undefined;
  readonly cipher: string | undefined;
  /** Common name of the certificate that was shown. */
  readonly commonName: string | undefined;
  readonly protocol: string | undefined;
  readonly resumed: boolean;
  /** The alert that ended it, such as `protocol version`. */
  readonly alert: string | undefined;
  /** How many certificates were sent. */
  readonly chainLength: number;
  /** Whether the server asked for a client certificate. */
  readonly asked: boolean;
  /** The answer to the request, if one was sent. */
  readonly answer: string;
  /** All that was printed. */
  readonly output: string;
}

const timeMs = 10_000;

/** @param request sent after the handshake; its answer must end the connection. Default: none, and a goodbye. */
export async function shakeHands(
  port: number,
  options: readonly string[] = [],
  request = '',
): Promise<OpensslHandshake> {
  const command = ['s_client', '-connect', `127.0.0.1:${port}`, '-showcerts', ...options];
  if (request !== '') command.push('-ign_eof');
  const child = spawn('openssl', command, { timeout: timeMs, killSignal: 'SIGKILL' });
  let output = '';
  const take = (text: Buffer): void => {
    output += text.toString('latin1');
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  child.stdin.on('error', () => {});
  child.stdin.end(request);
  await once(child, 'close');
  const find = (pattern: RegExp): string | undefined => pattern.exec(output)?.[1];
  const [, kind, suite] = /^(New|Reused), \S+, Cipher is ([A-Z]\S+)/m.exec(output) ?? [];
  return {
    version: find(/^ +Protocol *: (\S+)/m) ?? find(/^New, (TLSv1\.3)/m),
    cipher: suite,
    commonName: find(/^subject=.*?CN = ([^,\n]+)/m),
    protocol: find(/^ALPN protocol: (\S+)/m),
    resumed: kind === 'Reused',
    alert: find(/alert ([a-z ]+):/),
    chainLength: output.match(/-----BEGIN CERTIFICATE-----/g)?.length ?? 0,
    asked: output.includes('Acceptable client certificate CA names'),
    answer: /HTTP\/1\.[\s\S]*/.exec(output)?.[0] ?? '',
    output,
  };
}
