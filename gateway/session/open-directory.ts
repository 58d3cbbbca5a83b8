/** Which session directory a configuration asks for: the sessions of its file, or control. */
import { readFile } from 'node:fs/promises';
import { StartError } from '../../config/command-line.ts';
import type { GatewayConfig } from '../../config/gateway.ts';
import { errorText, type Log } from '../../config/log.ts';
import { ControlDirectory, type StreamBook } from './control-directory.ts';
import type { Cut, SessionDirectory } from './grant.ts';
import { StaticDirectory } from './static-directory.ts';

export interface DirectorySetting {
  readonly config: GatewayConfig;
  readonly version: string;
  readonly streams: StreamBook;
  readonly onCut: (cut: Cut) => void;
  readonly log: Log;
}

/** @throws StartError for what an operator must mend. */
export async function openDirectory(setting: DirectorySetting): Promise<SessionDirectory> {
  const { config, version, streams, onCut, log } = setting;
  if (config.control === undefined) {
    const authorities = await readAuthorities(config);
    return new StaticDirectory(config.sessions ?? [], authorities, { streams, onCut });
  }
  return ControlDirectory.open({
    control: config.control,
    dataDir: config.data_dir,
    version,
    streams,
    onCut,
    log,
    now: Date.now,
  });
}

/** The files that `upstream_tls.ca` names, by name. @throws StartError */
export async function readAuthorities(config: GatewayConfig): Promise<Map<string, string>> {
  const authorities = new Map<string, string>();
  for (const session of config.sessions ?? []) {
    const file = session.upstream_tls?.ca;
    if (file === undefined || authorities.has(file)) continue;
    try {
      authorities.set(file, await readFile(file, 'utf8'));
    } catch (error) {
      throw new StartError(`upstream_tls.ca ${file} can not be read: ${errorText(error)}`);
    }
  }
  return authorities;
}
