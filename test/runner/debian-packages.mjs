// What the real-server tests need from Debian or Ubuntu, installed with apt when it is missing.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { runProcess } from './processes.mjs';

/** By requirement, as test/harness/requirements.ts names them. */
const packagesFor = {
  docker: ['docker.io', 'containerd', 'runc', 'iptables', 'iproute2', 'mount', 'docker-registry'],
  'workspace-image': ['mmdebstrap'],
  postgres: ['postgresql'],
  redis: ['redis-server'],
  desktop: [
    'tigervnc-standalone-server',
    'tigervnc-tools',
    'openbox',
    'hsetroot',
    'xterm',
    'xclip',
    'xsel',
    'x11-utils',
    'x11-xkb-utils',
    'xfonts-base',
    'fonts-dejavu-core',
  ],
  chromium: ['chromium'],
  'vnc-servers': [
    'xvfb',
    'x11vnc',
    'qemu-system-x86',
    'gcc',
    'libc6-dev',
    'libvncserver-dev',
    'tigervnc-viewer',
    'xdotool',
  ],
  // systemd-analyze is in it.
  systemd: ['systemd'],
  slowhttptest: ['slowhttptest'],
  'tls-tools': ['openssl', 'sslscan', 'testssl.sh'],
  // The relays that the bench compares, and what compiles one of them.
  proxies: ['nginx-light', 'libnginx-mod-stream', 'haproxy'],
  'bench-peers': ['nginx-light', 'haproxy', 'websockify', 'gcc', 'libc6-dev', 'libssl-dev'],
};

const policyFile = '/usr/sbin/policy-rc.d';
const installTimeMs = 15 * 60_000;

/** @returns {'debian' | 'ubuntu' | undefined} */
export function readDistribution() {
  if (!existsSync('/usr/bin/apt-get')) return undefined;
  const names = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (/^ID=debian$/m.test(names)) return 'debian';
  return /^ID=ubuntu$/m.test(names) ? 'ubuntu' : undefined;
}

/**
 * Installs what is missing.
 * @param {(line: string) => void} print
 * @returns {Promise<string[]>} why some of it is not there, a sentence each; empty when all is
 */
export async function installDebianPackages(print) {
  const distribution = readDistribution();
  if (distribution === undefined) return ['this system is neither Debian nor Ubuntu'];
  const wanted = { ...packagesFor };
  const problems = [];
  if (distribution === 'ubuntu') {
    // Ubuntu's package of that name is an installer for a snap, which needs a running snapd.
    delete wanted.chromium;
    problems.push('Ubuntu has no Chromium package: the browser tests need Debian');
  }
  return [...problems, ...(await installPackagesOf(Object.values(wanted).flat(), print))];
}

/**
 * Installs those of these packages that are missing.
 * @param {string[]} packages
 * @param {(line: string) => void} print
 * @returns {Promise<string[]>} why some are not there, a sentence each; empty when all are
 */
export async function installPackagesOf(packages, print) {
  if (readDistribution() === undefined) return ['this system is neither Debian nor Ubuntu'];
  const missing = await listMissing(packages);
  if (missing.length === 0) return [];
  if (process.getuid() !== 0) return [`not root, and these packages are missing: ${missing.join(' ')}`];
  print(`Installing with apt: ${missing.join(' ')} …`);
  const startedMs = Date.now();
  const failure = await withoutServiceStarts(() => install(missing));
  if (failure !== undefined) return [failure];
  print(`Installed in ${Math.round((Date.now() - startedMs) / 1000)} s.`);
  return [];
}

async function listMissing(packages) {
  const format = '$' + '{Package} $' + '{db:Status-Status}\n';
  const { output } = await runProcess(['dpkg-query', '-W', `-f=${format}`, ...packages], { timeMs: 60_000 });
  const installed = new Set(
    output
      .split('\n')
      .filter(line => line.endsWith(' installed'))
      .map(line => line.split(' ')[0]),
  );
  return packages.filter(name => !installed.has(name));
}

async function install(packages) {
  const apt = ['apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
  const env = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  await runProcess([...apt, 'update'], { env, timeMs: installTimeMs });
  const command = [...apt, 'install', '-y', '--no-install-recommends', ...packages];
  const { exitCode, output } = await runProcess(command, { env, timeMs: installTimeMs });
  if (exitCode === 0) return undefined;
  return `apt-get install failed:\n${output.trim().split('\n').slice(-15).join('\n')}`;
}

/** The tests start servers of their own: Debian's services stay off while their packages are installed. */
async function withoutServiceStarts(work) {
  if (existsSync(policyFile)) return work();
  writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return await work();
  } finally {
    rmSync(policyFile, { force: true });
  }
}
