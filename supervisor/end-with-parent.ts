/**
 * Loaded into each program before its own code (bun --preload): when the supervisor is gone, even by SIGKILL, its end of
 * this program's standard input closes, and the program stops as it does at a signal.
 */
process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.on('error', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.resume();
process.stdin.unref();
