import { beforeAll, describe, expect, test } from 'bun:test';
import { startWebPages, type WebPages } from './web-pages.ts';

let pages: WebPages;

beforeAll(async () => {
  pages = await startWebPages();
});

const get = (path: string, init?: RequestInit) => pages(new Request(`https://desk.example${path}`, init));

async function documentText(): Promise<string> {
  return (await get('/')?.text()) ?? '';
}

/** Paths of the files that the document loads. */
async function loadedPaths(): Promise<string[]> {
  return [...(await documentText()).matchAll(/(?:src|href)="([^"]+)"/g)].map(match => match[1] ?? '');
}

describe('the document', () => {
  test('has nothing inline, so that the content policy can forbid it', async () => {
    const text = await documentText();
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(text).not.toMatch(/<style|\bstyle=|\son[a-z]+=/);
  });

  test('is asked for again each time, and answered by a tag when it did not change', () => {
    const first = get('/');
    expect(first?.headers.get('cache-control')).toBe('no-cache');
    const again = get('/', { headers: { 'if-none-match': `"other", ${first?.headers.get('etag')}` } });
    expect(again?.status).toBe(304);
  });

  test('brings a policy of its own against scripts and frames from elsewhere', () => {
    const policy = get('/')?.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
  });
});

describe('the bundles', () => {
  test('are all there, of the right type, and may be kept for ever under their hashed names', async () => {
    const paths = await loadedPaths();
    expect(paths).toHaveLength(3);
    const types = paths.map(path => get(path)?.headers.get('content-type')?.split(';')[0]);
    expect(types.sort()).toEqual(['image/svg+xml', 'text/css', 'text/javascript']);
    for (const path of paths) {
      expect(path).toMatch(/-[a-z0-9]{8,}\.(js|css|svg)$/);
      expect(get(path)?.headers.get('cache-control')).toContain('immutable');
    }
  });

  test('leave noVNC out of what the sign-in form loads', async () => {
    const script = (await loadedPaths()).find(path => path.endsWith('.js')) ?? '';
    const bytes = (await get(script)?.bytes())?.length ?? 0;
    expect(bytes).toBeGreaterThan(1000);
    expect(bytes).toBeLessThan(60_000);
  });

  test('use no eval and no function made of text', async () => {
    const script = (await loadedPaths()).find(path => path.endsWith('.js')) ?? '';
    const main = (await get(script)?.text()) ?? '';
    const chunk = main.match(/"(\.?\/[^"]*viewer-[a-z0-9]+\.js)"/)?.[1] ?? '';
    const viewer = (await get(new URL(chunk, `https://desk.example${script}`).pathname)?.text()) ?? '';
    expect(viewer.length).toBeGreaterThan(100_000);
    expect(main + viewer).not.toMatch(/\beval\(|new Function\(/);
  });
});

describe('other requests', () => {
  test('are left to others: unknown paths and writing methods', () => {
    expect(get('/api/public/login')).toBeUndefined();
    expect(get('/assets/main.js')).toBeUndefined();
    expect(get('/../package.json')).toBeUndefined();
    expect(get('/', { method: 'POST' })).toBeUndefined();
  });

  test('HEAD has the headers and no body', async () => {
    const head = get('/', { method: 'HEAD' });
    expect(head?.headers.get('content-type')).toContain('text/html');
    expect(await head?.text()).toBe('');
  });
});
