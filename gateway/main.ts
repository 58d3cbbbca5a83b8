/** `bun gateway/main.ts --config FILE.yaml [--check] [--help]` */
import { runProgram } from '../config/command-line.ts';
import { gatewaySchema } from '../config/gateway.ts';
import { checkGateway, startGateway } from './gateway.ts';

const help = `Usage: bun gateway/main.ts --config FILE.yaml [--check]

Runs a gateway: one TLS port for desktop streams and for the pages of the control service.

  --config FILE   its configuration; with "sessions:" the gateway runs alone, with "control:" it
                  asks a control service who may open what
  --check         check the configuration and the files it names, then exit: 0, or 1 with every
                  problem as file:line:column: message
  --help          this text

SIGTERM or SIGINT: takes no new connection, closes its streams in order, exits.`;

await runProgram({
  name: 'gateway',
  help,
  schema: gatewaySchema,
  check: checkGateway,
  start: startGateway,
});
