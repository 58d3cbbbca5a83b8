/** The gateway's command line; gateway/main.ts starts it. */
import { runProgram } from '../config/command-line.ts';
import { gatewaySchema } from '../config/gateway.ts';
import { goOnAs, objectToRoot } from '../config/privileges.ts';
import { warnOfFewDescriptors } from './edge/descriptor-limit.ts';
import { checkGateway, startGateway } from './gateway.ts';
import { startParent } from './worker/parent.ts';

const help = `Usage: bun gateway/main.ts --config FILE.yaml [--check]

Runs a gateway: one TLS port for desktop streams and for the pages of the control service.

  --config FILE   its configuration; with "sessions:" the gateway runs alone, with "control:" it
                  asks a control service who may open what
  --check         check the configuration and the files it names, then exit: 0, or 1 with every
                  problem as file:line:column: message
  --help          this text

SIGTERM or SIGINT: takes no new connection, closes its streams in order, exits.
SIGHUP: reads sessions, policies, limits, rates, certificates and log level from the file again.
SIGUSR2, with listen.workers: auto or over 1: new workers take over without a gap, with this file and the code that is
installed by then; the old ones let their streams go on for listen.drain_time_s.`;

/** Without a handler the signal would end the process. */
async function refuseRestart(): Promise<void> {
  throw new Error(
    'a restart without a gap needs a parent process: listen.workers: auto (on one core too), or 2 or more',
  );
}

await runProgram({
  name: 'gateway',
  help,
  schema: gatewaySchema,
  check: checkGateway,
  start: async (config, log) => {
    const { allow_root: allowRoot, run_as: runAs, listen } = config;
    objectToRoot({ allowRoot, runAs }, log, 'run_as');
    warnOfFewDescriptors(config, log);
    if (listen.workers === 1) {
      const gateway = await startGateway(config, log);
      return Object.assign(gateway, { restart: refuseRestart });
    }
    const parent = await startParent(config, log);
    await goOnAs(runAs, config.data_dir, log);
    return parent;
  },
});
