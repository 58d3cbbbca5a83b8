import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseImageReference } from './image-reference.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('an image reference', () => {
  test.each([
    ['debian:12', undefined, 'debian', '12', undefined],
    ['kasmweb/firefox:1.18.0', undefined, 'kasmweb/firefox', '1.18.0', undefined],
    ['sluice/desktop:1', undefined, 'sluice/desktop', '1', undefined],
    ['localhost/a:1', 'localhost', 'a', '1', undefined],
    ['localhost:5000/a/b/c:x', 'localhost:5000', 'a/b/c', 'x', undefined],
    [
      'images.example.com/team_a/some--thing:V1_2.3-rc',
      'images.example.com',
      'team_a/some--thing',
      'V1_2.3-rc',
      undefined,
    ],
    ['[::1]:5000/a:1', '[::1]:5000', 'a', '1', undefined],
    [`debian:12@${digest}`, undefined, 'debian', '12', digest],
  ] as const)('%p is read', (text, registry, repository, tag, pinned) => {
    expect(parseImageReference(text)).toEqual({
      ok: true,
      reference: { registry, repository, tag, digest: pinned },
    });
  });

  test.each(['debian', 'kasmweb/firefox', 'localhost:5000/a', 'a.example.com:443/a/b', `debian@${digest}`])(
    '%p has no tag and is refused with a way out',
    text => {
      expect(parseImageReference(text)).toEqual({
        ok: false,
        problem: expect.stringMatching(/^image ".*" has no tag: write one, such as name:1\.18\.0$/),
      });
    },
  );

  test.each([
    ['debian:', 'has a tag that is not'],
    ['debian:-1', 'has a tag that is not'],
    ['debian:1 2', 'has a tag that is not'],
    [`debian:${'x'.repeat(129)}`, 'has a tag that is not'],
    [':1', 'has a name that is not'],
    ['/a:1', 'has a name that is not'],
    ['a//b:1', 'has a name that is not'],
    ['Debian:1', 'has a name that is not'],
    ['a/-b:1', 'has a name that is not'],
    ['a/b_:1', 'has a name that is not'],
    ['a/../b:1', 'has a name that is not'],
    ['a;rm -rf:1', 'has a name that is not'],
    ['bad_host.example/a:1', 'names a registry that is no host name'],
    ['-x.example/a:1', 'names a registry that is no host name'],
    ['example.com:port/a:1', 'names a registry that is no host name'],
    ['a.example/:1', 'has a name that is not'],
    ['a:1@sha256:12', 'has a digest that is not'],
    [`a:1@${digest}@${digest}`, 'has a digest that is not'],
  ])('%p is refused: it %s', (text, why) => {
    const parsed = parseImageReference(text);
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? '' : parsed.problem).toContain(why);
  });

  test('the length is checked first, and a long text is not repeated', () => {
    expect(parseImageReference(`a/${'b'.repeat(300)}:1`)).toEqual({
      ok: false,
      problem: 'an image reference of 304 characters is over the limit of 255',
    });
    const parsed = parseImageReference(`a/${'b'.repeat(200)}`);
    expect(parsed.ok ? '' : parsed.problem.length).toBeLessThan(160);
  });

  test('what is read can be put together again', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const paths = fc.array(part, { minLength: 1, maxLength: 4 });
    const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/);
    fc.assert(
      fc.property(paths, tag, (path, name) => {
        const repository = path.join('/');
        const parsed = parseImageReference(`${repository}:${name}`);
        // A first part of "localhost" is a registry by Docker's rule.
        if (path[0] === 'localhost' && path.length > 1) return true;
        return parsed.ok && parsed.reference.repository === repository && parsed.reference.tag === name;
      }),
    );
  });

  test('no text makes it slow or throw', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), text => typeof parseImageReference(text).ok === 'boolean'),
    );
    const startedAt = performance.now();
    parseImageReference(`${'a-'.repeat(126)}:1`);
    parseImageReference(`${'a__'.repeat(80)}!:1`);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
