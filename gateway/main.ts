/** `bun gateway/main.ts --config FILE.yaml [--check] [--help]` */
import { startWithEngineOptions } from '../config/engine-options.ts';

startWithEngineOptions();
await import('./program.ts');
