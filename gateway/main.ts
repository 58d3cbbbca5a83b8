/** `bun gateway/main.ts --config FILE.yaml [--check] [--help]` */
import { runProgram } from '../config/command-line.ts';
import { gatewaySchema } from '../config/gateway.ts';
import { objectToRoot } from '../config/privileges.ts';
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
  start: (config, log) => {
    const { allow_root: allowRoot, run_as: runAs, listen } = config;
    objectToRoot({ allowRoot, runAs, host: listen.host }, log, 'run_as');
    return startGateway(config, log);
  },
});
