import { expect, test } from 'bun:test';
import { parseIndexTargets } from './apt-sources.ts';

test("the image is built from the distribution's own archives of this release only", () => {
  const targets = [
    'Debian|bookworm|main|http://mirror.test/debian/',
    'Debian|bookworm-updates|main|http://mirror.test/debian/',
    'Debian|bookworm-security|main|http://mirror.test/security/',
    'Debian|bookworm|main|http://mirror.test/debian/',
    'Debian|bookworm|non-free|http://mirror.test/debian/',
    'Debian|bookworm-backports|main|http://mirror.test/debian/',
    'Debian|trixie|main|http://mirror.test/debian/',
    'Somebody|bookworm|main|http://third-party.test/',
    '',
  ];
  expect(parseIndexTargets(targets.join('\n'), 'bookworm')).toEqual([
    'deb http://mirror.test/debian/ bookworm main',
    'deb http://mirror.test/debian/ bookworm-updates main',
    'deb http://mirror.test/security/ bookworm-security main',
  ]);
});
