import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const listenState = '0A';

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(1);
  } catch {
    return [];
  }
}

/** Inodes of all sockets of this network namespace that listen, with how a person would name them. */
function readListeningSockets(): Map<string, string> {
  const listening = new Map<string, string>();
  for (const file of ['/proc/self/net/tcp', '/proc/self/net/tcp6']) {
    for (const line of readLines(file)) {
      const fields = line.trim().split(/\s+/);
      const port = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16);
      if (fields[3] === listenState && fields[9] !== undefined) listening.set(fields[9], `tcp port ${port}`);
    }
  }
  for (const line of readLines('/proc/self/net/unix')) {
    // Num RefCount Protocol Flags Type St Inode Path; flag 0x10000 is "accepts connections".
    const fields = line.trim().split(/\s+/);
    if (fields[3] === '00010000' && fields[6] !== undefined) {
      listening.set(fields[6], `unix socket ${fields[7] ?? ''}`);
    }
  }
  return listening;
}

function readOwnSocketInodes(): Set<string> {
  const inodes = new Set<string>();
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    } catch {
      // Closed since the folder was read.
    }
  }
  return inodes;
}

function readChildren(): string[] {
  const children: string[] = [];
  for (const task of readdirSync('/proc/self/task')) {
    try {
      const pids = readFileSync(`/proc/self/task/${task}/children`, 'utf8')
        .trim()
        .split(/\s+/)
        .filter(Boolean);
      for (const pid of pids) {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        if (command !== '') children.push(`process ${pid}: ${command.slice(0, 200)}`);
      }
    } catch {
      // The thread or the child ended meanwhile; a zombie has no command line and is no leak.
    }
  }
  return children;
}

/**
 * What this process still holds open that a finished test should have closed: listening sockets and child processes.
 * Empty on systems without /proc.
 */
export function listOpenHandles(): string[] {
  if (process.platform !== 'linux') return [];
  const listening = readListeningSockets();
  const own = readOwnSocketInodes();
  const sockets = [...listening].filter(([inode]) => own.has(inode)).map(([, name]) => `listening ${name}`);
  return [...sockets, ...readChildren()];
}
