import { describe, expect, test } from 'bun:test';
import { type ClosedReason, readDesktopPath, type SideDoors } from './desktop-path.ts';

const shut: SideDoors = { downloads: false, api: false };
const open: SideDoors = { downloads: true, api: true };

const reasonOf = (path: string, doors: SideDoors): ClosedReason | undefined => {
  const answer = readDesktopPath(path, doors);
  return answer.kind === 'closed' ? answer.reason : undefined;
};

describe('files of the web client', () => {
  const pages: readonly (readonly [path: string, type: string])[] = [
    ['/', 'text/html'],
    ['/index.html', 'text/html'],
    ['/vnc.html', 'text/html'],
    ['/app/ui.js', 'text/javascript'],
    ['/dist/main.bundle.js', 'text/javascript'],
    ['/core/decoders/qoi/qoi_viewer_bg.wasm', 'application/wasm'],
    ['/app/styles/Orbitron700.woff', 'font/woff'],
    ['/app/images/icons/368_kasm_logo_only_16x16.png', 'image/png'],
    ['/app/locale/de.json', 'application/json'],
    ['/a@2x/b+c~d.PNG', 'image/png'],
  ];
  for (const [path, type] of pages) {
    test(`${path} passes as it is, whatever doors are open`, () => {
      for (const doors of [shut, open]) {
        const answer = readDesktopPath(path, doors);
        if (answer.kind !== 'page') throw new Error(answer.kind);
        expect(answer.path).toBe(path);
        expect(answer.type).toStartWith(type);
      }
    });
  }

  test('the page itself is told from what it loads', () => {
    const entries = pages
      .map(([path]) => readDesktopPath(path, shut))
      .filter(answer => answer.kind === 'page' && answer.entry);
    expect(entries).toHaveLength(3);
  });
});

describe('side doors', () => {
  const cases: readonly (readonly [
    path: string,
    shut: ClosedReason,
    open: ClosedReason | 'api' | 'download',
  ])[] = [
    ['/api/get_screenshot', 'api', 'api'],
    ['/api/system/stats', 'api', 'api'],
    ['/api/downloads', 'downloads', 'api'],
    ['/api/Downloads', 'downloads', 'api'],
    ['/api', 'api', 'bent_path'],
    ['/api/', 'api', 'bent_path'],
    ['/API/get_users', 'api', 'bent_path'],
    ['/%61pi/get_users', 'api', 'bent_path'],
    ['/api//get_users', 'api', 'bent_path'],
    ['/api/../api/get_users', 'api', 'bent_path'],
    ['/api/%2e%2e/x', 'api', 'bent_path'],
    ['/Downloads', 'downloads', 'bent_path'],
    ['/Downloads/', 'downloads', 'download'],
    ['/Downloads/a%20b.txt', 'downloads', 'download'],
    ['/downloads/a.txt', 'downloads', 'bent_path'],
    ['/%44ownloads/a.txt', 'downloads', 'bent_path'],
    ['/Downloads/../index.html', 'downloads', 'bent_path'],
    ['/Downloads/%2e%2e/x', 'downloads', 'bent_path'],
    ['/Downloads/a%2fb', 'downloads', 'bent_path'],
    ['/Downloads/a%5cb', 'downloads', 'bent_path'],
    ['/Downloads/%252e%252e', 'downloads', 'bent_path'],
    ['/Downloads/a%00', 'downloads', 'bent_path'],
    ['/Downloads//a', 'downloads', 'bent_path'],
    ['/Downloads/%zz', 'downloads', 'bent_path'],
  ];
  for (const [path, whenShut, whenOpen] of cases) {
    test(`${path}: ${whenShut} while shut, ${whenOpen} once opened`, () => {
      expect(reasonOf(path, shut)).toBe(whenShut);
      const answer = readDesktopPath(path, open);
      expect(answer.kind === 'closed' ? answer.reason : answer.kind).toBe(whenOpen);
    });
  }

  test('each has a key of its own', () => {
    expect(reasonOf('/api/get_users', { downloads: true, api: false })).toBe('api');
    expect(reasonOf('/api/downloads', { downloads: true, api: false })).toBeUndefined();
    expect(reasonOf('/Downloads/a', { downloads: false, api: true })).toBe('downloads');
    expect(reasonOf('/api/downloads', { downloads: false, api: true })).toBe('downloads');
  });

  test('names of downloads are decoded once and encoded anew', () => {
    const answer = readDesktopPath('/Downloads/sub/%C3%A9t%C3%A9 (1)&x.pdf', open);
    expect(answer).toEqual({ kind: 'download', path: '/Downloads/sub/%C3%A9t%C3%A9%20(1)%26x.pdf' });
  });
});

describe('anything else', () => {
  const cases: readonly (readonly [path: string, reason: ClosedReason])[] = [
    ['', 'bent_path'],
    ['index.html', 'bent_path'],
    ['//', 'bent_path'],
    ['//index.html', 'bent_path'],
    ['/app//ui.js', 'bent_path'],
    ['/../etc/passwd.txt', 'bent_path'],
    ['/./index.html', 'bent_path'],
    ['/app/../../x.js', 'bent_path'],
    ['/%2e%2e/x.js', 'bent_path'],
    ['/..%2fx.js', 'bent_path'],
    ['/app%2fui.js', 'bent_path'],
    ['/app\\ui.js', 'bent_path'],
    ['/app%5cui.js', 'bent_path'],
    ['/ui%2ejs', 'bent_path'],
    ['/%2561pi/x.js', 'bent_path'],
    ['/ui.js%00', 'bent_path'],
    ['/ui.js;x=1', 'bent_path'],
    ['/ui.js:x', 'bent_path'],
    ['/.kasmpasswd.txt', 'bent_path'],
    ['/.vnc/x.js', 'bent_path'],
    ['/ä.js', 'bent_path'],
    ['/app/', 'listing'],
    ['/app/images/', 'listing'],
    ['/app', 'no_page'],
    ['/LICENSE', 'no_page'],
    ['/x.php', 'no_page'],
    ['/x.constructor', 'no_page'],
    ['/x.js.', 'no_page'],
    [`/${'a'.repeat(1024)}.js`, 'bent_path'],
  ];
  for (const [path, reason] of cases) {
    test(`${path.slice(0, 40)} is refused: ${reason}`, () => {
      expect(reasonOf(path, shut)).toBe(reason);
      expect(reasonOf(path, open)).toBe(reason);
    });
  }
});
