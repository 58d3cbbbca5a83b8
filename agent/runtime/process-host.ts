/** Gets the programs of the process runtime onto this host, if it may. */
import { existsSync } from 'node:fs';
import { errorText, type Log } from '../../config/log.ts';
import { runTool } from '../image/tool.ts';

const programs = ['Xvnc', 'tigervncpasswd', 'openbox', 'xterm', 'setpriv'] as const;

export const processPackages = [
  'tigervnc-standalone-server',
  'tigervnc-tools',
  'openbox',
  'xterm',
  'xclip',
  'x11-utils',
  'x11-xkb-utils',
  'xfonts-base',
  'fonts-dejavu-core',
  'util-linux',
] as const;

/** The command for people who install it themselves. */
const installCommand = `apt-get install ${processPackages.join(' ')}`;

export class ProcessHost {
  /** apt is tried once: what failed now fails again in two seconds. */
  #installProblem: string | undefined;

  /** @returns why desktops cannot run as processes of this host, with the way out; undefined when they can */
  async prepare(mayInstall: boolean, log: Log): Promise<string | undefined> {
    const missing = missingPrograms();
    if (missing.length === 0) return undefined;
    const lacks = `this host lacks ${missing.join(', ')}`;
    if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) {
      const wanted = "install TigerVNC's server and tools, openbox and xterm";
      return `${lacks}, and it is no Debian or Ubuntu where the agent could install it: ${wanted}`;
    }
    if (!mayInstall) return `${lacks}, and process.install is false in the agent file: ${installCommand}`;
    if (process.getuid?.() !== 0)
      return `${lacks}, and the agent is not root to install it: sudo ${installCommand}`;
    this.#installProblem ??= await install(log);
    return this.#installProblem === ''
      ? undefined
      : `${lacks}, and ${this.#installProblem}: ${installCommand}`;
  }
}

/** @returns why it failed; empty when all is there */
async function install(log: Log): Promise<string> {
  log.info('installing TigerVNC and a window manager by apt (process.install: false refuses this)', {
    name: processPackages.join(' '),
    phase: 'installing',
  });
  try {
    await aptInstall();
  } catch (error) {
    return `apt could not install it (${errorText(error)})`;
  }
  const still = missingPrograms();
  return still.length === 0 ? '' : `still does after apt installed its packages (${still.join(', ')})`;
}

function missingPrograms(): readonly string[] {
  return programs.filter(name => Bun.which(name) === null);
}

async function aptInstall(): Promise<void> {
  const install = [
    'apt-get',
    '-o',
    'DPkg::Lock::Timeout=120',
    'install',
    '-y',
    '-qq',
    '--no-install-recommends',
  ];
  try {
    await runTool([...install, ...processPackages]);
  } catch {
    // A fresh machine has no package lists yet.
    await runTool(['apt-get', 'update', '-qq']);
    await runTool([...install, ...processPackages]);
  }
}
