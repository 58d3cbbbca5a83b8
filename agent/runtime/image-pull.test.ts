import { describe, expect, test } from 'bun:test';
import { pullProblem } from './image-pull.ts';

describe('why an image could not be pulled', () => {
  test.each([
    ['Get "https://registry.test/v2/": no basic auth credentials', 'wants a login'],
    ['pull access denied for x, repository does not exist or may require docker login', 'does not exist, or'],
    ['manifest for registry.test/x:2 not found: manifest unknown', 'does not know it'],
    ['Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused', 'cannot be reached'],
    ['dial tcp: lookup registry.test: no such host', 'cannot be reached'],
    ['write /var/lib/docker/tmp/x: no space left on device', 'disk of this host is full'],
    ['toomanyrequests: You have reached your pull rate limit', 'how often'],
  ])('%s', (text, words) => {
    const problem = pullProblem('registry.test/x:2', new Error(`(HTTP code 500) server error - ${text} `));
    expect(problem).toStartWith('the image registry.test/x:2 could not be pulled: ');
    expect(problem).toContain(words);
    expect(problem).toContain(text);
    expect(problem).not.toContain('HTTP code');
  });

  test('what is not known is said in the words of the engine', () => {
    expect(pullProblem('x:1', new Error('the moon is full'))).toBe(
      'the image x:1 could not be pulled: the moon is full',
    );
  });
});
