// A Go that is new enough to build k6: the machine's own, or one from the Go module proxy, which serves Go itself as
// the module golang.org/toolchain. Debian 12's own package is Go 1.19, which can neither build k6 nor fetch a newer Go.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { readZip } from './zip-archive.mjs';

/** What k6's go.mod asks for, and the Go that is fetched. */
const goVersion = '1.25.4';

/** Of the modules, as Go's checksum database (sum.golang.org) has them: a proxy that serves anything else is refused. */
const moduleHashes = {
  'linux-amd64': 'h1:5e4fxJf48MqaBmsurT33X8lENq6kLpby4xLNGF0tmEw=',
  'linux-arm64': 'h1:+dQ0OTT7ZJts1pLKCvRSGOfw5tcBo7PoAsmTf1k6ttc=',
  'darwin-amd64': 'h1:im+nzvn94/ssch3jH7BS0FTcZqWARkzcBJcccMeSn2Q=',
  'darwin-arm64': 'h1:lObOTP+XSdmcfUTEEum0VYTDeB5QBSmyZ1mSaellac8=',
};

const programFolders = /^(bin|pkg\/tool)\//;
const downloadTimeMs = 10 * 60_000;

/**
 * @param {{folder: string, print: (line: string) => void}} options folder: where a fetched Go goes
 * @returns {Promise<string>} path of the program `go`
 * @throws Error with what a person can do about it
 */
export async function findGo({ folder, print }) {
  const installed = spawnSync('go', ['env', 'GOVERSION'], {
    encoding: 'utf8',
    env: { ...process.env, GOTOOLCHAIN: 'local' },
  });
  if (installed.status === 0 && isNewEnough(installed.stdout)) return 'go';
  const fetched = join(folder, `go-${goVersion}`);
  if (!existsSync(fetched)) await fetchGo(fetched, print);
  return join(fetched, 'bin', 'go');
}

/** @param {string} said as `go env GOVERSION` says it, for example "go1.26.8" */
export function isNewEnough(said) {
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(said.trim()) ?? [];
  const [wantedMajor, wantedMinor] = goVersion.split('.').map(Number);
  return Number(major) > wantedMajor || (Number(major) === wantedMajor && Number(minor) >= wantedMinor);
}

async function fetchGo(folder, print) {
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const wantedHash = moduleHashes[platform];
  if (wantedHash === undefined) {
    throw new Error(`install Go ${goVersion} or newer: none is fetched by itself for ${platform}`);
  }
  const module = `golang.org/toolchain@v0.0.1-go${goVersion}.${platform}`;
  print(`Fetching Go ${goVersion} from the module proxy …`);
  const archive = await download(`golang.org/toolchain/@v/${module.split('@')[1]}.zip`);
  const files = [...readZip(archive)];
  const hash = moduleHash(files);
  if (hash !== wantedHash) throw new Error(`${module} has the checksum ${hash}, not ${wantedHash}`);
  const half = `${folder}.half`;
  rmSync(half, { recursive: true, force: true });
  for (const { name, content } of files) {
    const path = name.slice(module.length + 1);
    const file = join(half, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode: programFolders.test(path) ? 0o755 : 0o644 });
  }
  renameSync(half, folder);
}

/**
 * Go's hash of a module ("h1:", package golang.org/x/mod/sumdb/dirhash): SHA-256 over a line for each file, sorted by
 * name, of the file's own SHA-256 in hex, two spaces and its name.
 * @param {{name: string, content: Uint8Array}[]} files
 */
export function moduleHash(files) {
  const hash = createHash('sha256');
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, content } of sorted) {
    hash.update(`${createHash('sha256').update(content).digest('hex')}  ${name}\n`);
  }
  return `h1:${hash.digest('base64')}`;
}

async function download(path) {
  const problems = [];
  for (const proxy of listProxies()) {
    try {
      return await get(`${proxy}/${path}`);
    } catch (error) {
      problems.push(`${proxy}: ${error.message}`);
    }
  }
  throw new Error(
    `no Go module proxy served ${path} (${problems.join('; ')}): name one with GOPROXY, or install Go ${goVersion}`,
  );
}

/** Trusts, as Go does, what the system trusts: a company's own authority is often there only. */
function get(address, redirectsLeft = 5) {
  return new Promise((resolve, reject) => {
    const ca = [...rootCertificates, ...readAuthorities()];
    const client = address.startsWith('https:') ? https : http;
    const options = { ca, signal: AbortSignal.timeout(downloadTimeMs) };
    const request = client.get(address, options, response => {
      const { statusCode, headers } = response;
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined && redirectsLeft > 0) {
        response.resume();
        resolve(get(new URL(headers.location, address).href, redirectsLeft - 1));
        return;
      }
      if (statusCode !== 200) {
        response.resume();
        reject(new Error(`it answered ${statusCode}`));
        return;
      }
      const chunks = [];
      response.on('data', chunk => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks)));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

function readAuthorities() {
  const files = [
    process.env.SSL_CERT_FILE,
    process.env.NODE_EXTRA_CA_CERTS,
    '/etc/ssl/certs/ca-certificates.crt',
  ];
  return files.filter(file => file && existsSync(file)).map(file => readFileSync(file, 'utf8'));
}

/** As Go reads them: the environment, the file of `go env -w`, the default. */
function listProxies() {
  const named = process.env.GOPROXY || readGoEnvironment('GOPROXY') || 'https://proxy.golang.org';
  return named
    .split(/[,|]/)
    .map(proxy => proxy.trim().replace(/\/$/, ''))
    .filter(proxy => /^https?:/.test(proxy));
}

function readGoEnvironment(name) {
  const folder = process.platform === 'darwin' ? 'Library/Application Support' : '.config';
  const file = process.env.GOENV || join(process.env.XDG_CONFIG_HOME || join(homedir(), folder), 'go', 'env');
  try {
    return new RegExp(`^${name}=(.*)$`, 'm').exec(readFileSync(file, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
