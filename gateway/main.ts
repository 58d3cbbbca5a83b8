/** `bun gateway/main.ts --config FILE.yaml [--check] [--help]` */
import { startWithHeapHeadroom } from '../config/heap-headroom.ts';

startWithHeapHeadroom();
await import('./program.ts');
