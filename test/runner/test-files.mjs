import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';

const rooms = ['config', 'gateway', 'control', 'agent', 'supervisor', 'bench', 'test'];
const serverFolders = ['test/integration', 'test/e2e'];

/**
 * Test files of the repository, sorted, with forward slashes.
 * @param {string} root
 * @returns {{quick: string[], integration: string[], e2e: string[]}} quick: all that stand beside their source, and
 *   test/ but for the two folders of tests with servers
 */
export function listTestFiles(root) {
  const all = rooms.flatMap(room => list(root, room)).sort();
  const below = folder => all.filter(file => file.startsWith(`${folder}/`));
  return {
    quick: all.filter(file => !serverFolders.some(folder => file.startsWith(`${folder}/`))),
    integration: below('test/integration'),
    e2e: below('test/e2e'),
  };
}

function list(root, room) {
  return readdirSync(join(root, room), { recursive: true })
    .map(name => `${room}/${String(name).split(sep).join('/')}`)
    .filter(name => name.endsWith('.test.ts'));
}
