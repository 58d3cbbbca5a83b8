/** What only the files can tell about the section `tls`: for --check and before a start. */
import type { TlsConfig } from '../../config/gateway-tls.ts';
import type { ConfigProblem } from '../../config/read-config.ts';
import { readMaterial } from './tls-material.ts';

/** @returns a problem for each pair that is unreadable, mismatched, closed by a passphrase or not valid at this time. */
export async function checkCertificates(
  config: TlsConfig | undefined,
  nowMs: number,
): Promise<ConfigProblem[]> {
  if (config === undefined) return [];
  const selfSigned = () => Promise.resolve(undefined);
  const { problems } = await readMaterial({ config, selfSigned, nowMs });
  return problems.map(({ path, message, untimely }) => ({ path, message, toleratedAtStart: untimely }));
}
