/** `bun control/main.ts --config FILE.yaml [--check]` */
import { runProgram } from '../config/command-line.ts';
import { controlSchema } from '../config/control.ts';
import { objectToRoot } from '../config/privileges.ts';
import { startControl } from './control.ts';

await runProgram({
  name: 'control',
  schema: controlSchema,
  help: `control: the API, the web pages, and who may open which desktop

  bun control/main.ts --config FILE.yaml     run
  bun control/main.ts --config FILE.yaml --check
                                             only check the file: exit 0, or 1 with every error

Without database.url it runs a PostgreSQL of its own in data_dir. At the first start it makes
admin@kasm.local and user@kasm.local; their passwords are in first_start.passwords_file.`,
  start: (config, log) => {
    objectToRoot({ allowRoot: config.allow_root, runAs: undefined }, log);
    return startControl(config, log);
  },
});
