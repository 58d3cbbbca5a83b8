/** Started by gateway/main.ts, once for each worker; not by hand. */
import { runWorker } from './worker.ts';

runWorker();
