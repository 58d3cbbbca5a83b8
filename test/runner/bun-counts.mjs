/**
 * @typedef {{passed: number, failed: number, skipped: number}} Counts
 */

/** @type {() => Counts} */
export const noCounts = () => ({ passed: 0, failed: 0, skipped: 0 });

/** @param {Counts} a @param {Counts} b @returns {Counts} */
export const addCounts = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/**
 * The counts that `bun test` prints at its end (on standard error), for example
 *    10 pass
 *    1 skip
 *    0 fail
 *   Ran 11 tests across 2 files. [333.00ms]
 * A run that broke off prints none of it, and one without a test proves nothing: each counts as one failure.
 * @param {string} output everything it printed
 * @param {number} exitCode
 * @returns {{counts: Counts, problem: string | undefined}} problem: why the run failed beyond its failed tests
 */
export function readBunCounts(output, exitCode) {
  const end = /^Ran (\d+) tests? across \d+ files?\./m;
  const tail = output.split('\n').slice(-30).join('\n');
  const ran = end.exec(tail);
  if (ran === null) {
    return { counts: { ...noCounts(), failed: 1 }, problem: `bun test broke off with exit code ${exitCode}` };
  }
  const count = word => {
    const matches = [...tail.slice(0, ran.index).matchAll(new RegExp(`^ *(\\d+) ${word}s?$`, 'gm'))];
    return Number(matches.at(-1)?.[1] ?? 0);
  };
  const counts = {
    passed: count('pass'),
    failed: count('fail') + count('error'),
    skipped: count('skip') + count('todo'),
  };
  if (Number(ran[1]) === 0)
    return { counts: { ...counts, failed: counts.failed + 1 }, problem: 'no test ran' };
  if (exitCode !== 0 && counts.failed === 0) {
    return { counts: { ...counts, failed: 1 }, problem: `bun test ended with exit code ${exitCode}` };
  }
  return { counts, problem: undefined };
}

/** The closing line of the whole run, for people and for CI. @param {Counts} counts */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
