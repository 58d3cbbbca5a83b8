// Writes config/link/generated/ from link.proto: run by `npm run generate`, checked by test/tidy.
import { execFileSync } from 'node:child_process';

const out = process.argv[2] ?? 'config/link/generated';
const bin = name => [`node_modules/protobufjs-cli/bin/${name}`];
const run = args => execFileSync(process.execPath, args, { stdio: 'inherit' });
run([
  ...bin('pbjs'),
  '-t',
  'static-module',
  '-w',
  'es6',
  '--es6',
  '--no-create',
  '--no-verify',
  '--no-delimited',
  '--no-service',
  '--force-number',
  '-o',
  `${out}/link.js`,
  'config/link/link.proto',
]);
run([...bin('pbts'), '-o', `${out}/link.d.ts`, `${out}/link.js`]);
