/** Lines told of one failed test: its error stands in the last ones before its name. */
const linesMax = 20;
const told = /^\((pass|fail|skip|todo)\)/;

/**
 * The failed tests in what `bun test` printed, each with the end of what it said. A run is long, and of a long output
 * often only the end is kept: these lines are repeated there.
 * @param {string} output everything it printed
 * @param {number} [testsMax] the first so many
 * @returns {string[]} a text of some lines for each
 */
export function readFailedTests(output, testsMax = 10) {
  const texts = [];
  let before = [];
  const lines = output.split('\n');
  for (const [index, line] of lines.entries()) {
    if (!told.test(line)) {
      before.push(line);
      continue;
    }
    if (line.startsWith('(fail)')) {
      const why = /^ +\^/.test(lines[index + 1] ?? '') ? [lines[index + 1]] : [];
      texts.push([...before.slice(-linesMax), line, ...why].filter(one => one.trim() !== '').join('\n'));
    }
    before = [];
  }
  const more = texts.length - testsMax;
  return more > 0 ? [...texts.slice(0, testsMax), `… and ${more} more failed`] : texts;
}
