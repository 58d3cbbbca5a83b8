/** `bun agent/main.ts --config FILE` */
import { agentSchema } from '../config/agent.ts';
import { runProgram } from '../config/command-line.ts';
import { objectToRoot } from '../config/privileges.ts';
import { startAgent } from './agent.ts';

const help = `usage: bun agent/main.ts --config FILE [--check]

Runs desktops on this host on control's orders: as containers of a Docker Engine or, for trying out only, as
processes of the host.

  --config FILE   YAML; an example is config/example/agent.yaml
  --check         validate the file and exit: 0, or 1 with every error as file:line:column: message
  --help`;

await runProgram({
  name: 'agent',
  help,
  schema: agentSchema,
  start: (config, log) => {
    objectToRoot({ allowRoot: config.allow_root, runAs: undefined }, log);
    return startAgent(config, log);
  },
});
