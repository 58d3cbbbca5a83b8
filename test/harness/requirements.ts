import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { k6File } from '../../bench/k6/install.mjs';

/**
 * What a test may need from the machine beyond Bun.
 * - root: the run is root on Linux
 * - docker: a Docker Engine the run may fill and empty (the private one that `npm test` starts)
 * - workspace-image: the desktop image built from Debian, in that engine
 * - postgres: Debian's PostgreSQL server programs (the embedded server needs nothing)
 * - redis: redis-server
 * - desktop: Xvnc, vncpasswd, openbox, xterm, xclip on the host
 * - chromium: a Chromium for playwright-core
 * - vnc-servers: Xvfb, x11vnc, QEMU, a C compiler with libvncserver; xdotool and TigerVNC's viewer to look at them
 * - k6: the k6 that bench/k6/install.mjs builds
 * - tls-tools: openssl, sslscan and testssl.sh
 * - proxies: nginx with its stream module, and HAProxy
 * - systemd: systemd-analyze; systemd itself need not run
 * - slowhttptest: slowhttptest
 * - bench-peers: nginx, HAProxy, websockify, and a C compiler with OpenSSL's headers
 * - embedded-postgres: time and room for the embedded PostgreSQL (absent in quick runs only)
 */
export type Requirement =
  | 'root'
  | 'docker'
  | 'workspace-image'
  | 'postgres'
  | 'redis'
  | 'desktop'
  | 'chromium'
  | 'vnc-servers'
  | 'k6'
  | 'tls-tools'
  | 'proxies'
  | 'systemd'
  | 'slowhttptest'
  | 'bench-peers'
  | 'embedded-postgres';

/** Set by test/run.mjs; the tests read the environment only here. */
export const testEnvironment = {
  /** A quick run starts no servers: everything that needs one is skipped. */
  quick: process.env.SLUICE_TEST_QUICK === '1',
  /** In a full run on a prepared machine a missing requirement is a failure, not a skip. */
  strict: process.env.SLUICE_TEST_STRICT === '1' || process.env.CI === 'true',
  /** Path of the private engine's socket. */
  dockerSocket: process.env.SLUICE_TEST_DOCKER_SOCKET,
  /** Reference of the workspace image in that engine. */
  workspaceImage: process.env.SLUICE_TEST_WORKSPACE_IMAGE,
} as const;

/** As Debian installs it; nginx loads it by name. */
export const nginxStreamModule = '/usr/lib/nginx/modules/ngx_stream_module.so';

/** Path of a program, looked for in PATH and in extra folders; undefined when it is not installed. */
export function findProgram(name: string, extraFolders: readonly string[] = []): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin', ...extraFolders];
  for (const folder of folders) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** Folder of Debian's newest PostgreSQL server programs (initdb, postgres, …); undefined when not installed. */
export function findPostgresFolder(): string | undefined {
  const versionsFolder = '/usr/lib/postgresql';
  try {
    const newest = readdirSync(versionsFolder).sort((a, b) => Number(b) - Number(a))[0];
    return newest === undefined ? undefined : join(versionsFolder, newest, 'bin');
  } catch {
    return undefined;
  }
}

const vncServerPrograms = ['Xvfb', 'x11vnc', 'qemu-system-x86_64', 'gcc', 'xdotool', 'xtigervncviewer'];

function isHere(requirement: Requirement): boolean {
  switch (requirement) {
    case 'root':
      return process.platform === 'linux' && process.getuid?.() === 0;
    case 'docker':
      return testEnvironment.dockerSocket !== undefined;
    case 'workspace-image':
      return testEnvironment.workspaceImage !== undefined;
    case 'postgres':
      return findPostgresFolder() !== undefined;
    case 'redis':
      return findProgram('redis-server') !== undefined;
    case 'desktop':
      return ['Xvnc', 'openbox', 'xterm', 'xclip'].every(name => findProgram(name) !== undefined);
    case 'chromium':
      return findProgram('chromium') !== undefined;
    case 'vnc-servers':
      return (
        existsSync('/usr/include/rfb/rfb.h') &&
        vncServerPrograms.every(name => findProgram(name) !== undefined)
      );
    case 'k6':
      return existsSync(k6File);
    case 'tls-tools':
      return ['openssl', 'sslscan', 'testssl'].every(name => findProgram(name) !== undefined);
    case 'proxies':
      return (
        ['nginx', 'haproxy'].every(name => findProgram(name) !== undefined) && existsSync(nginxStreamModule)
      );
    case 'systemd':
      return findProgram('systemd-analyze') !== undefined;
    case 'slowhttptest':
      return findProgram('slowhttptest') !== undefined;
    case 'bench-peers':
      return (
        existsSync('/usr/include/openssl/ssl.h') &&
        ['nginx', 'haproxy', 'websockify', 'gcc'].every(name => findProgram(name) !== undefined)
      );
    case 'embedded-postgres':
      return true;
  }
}

/**
 * True when the machine has everything a test needs; use as `describe.skipIf(!needs('docker'))` or
 * `test.skipIf(!needs('redis'))`. Where nothing may be skipped (CI, a prepared machine) a missing one throws instead.
 */
export function needs(...requirements: readonly Requirement[]): boolean {
  if (testEnvironment.quick) return false;
  const missing = requirements.filter(requirement => !isHere(requirement));
  if (missing.length > 0 && testEnvironment.strict) {
    throw new Error(`this run may skip nothing, but the machine lacks: ${missing.join(', ')}`);
  }
  return missing.length === 0;
}
