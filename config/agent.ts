/** The agent's configuration file. Keys are written here exactly as in the file. */
import { z } from 'zod';
import { allowRootSchema } from './privileges.ts';
import { controlLinkSchema, fileSchema, logSchema } from './shared-schema.ts';

export const agentSchema = z.strictObject({
  control: controlLinkSchema,
  data_dir: fileSchema.default('./data/agent'),
  /** For people; the host's name when omitted. */
  name: z.string().min(1).max(253).optional(),
  /** auto: the Docker Engine when one answers, else Xvnc on this host (for trying out only). */
  runtime: z.enum(['auto', 'docker', 'process']).default('auto'),
  docker: z
    .strictObject({
      socket: fileSchema.default('/var/run/docker.sock'),
      /** tcp:// or http:// address of an engine elsewhere; wins over socket. */
      host: z
        .string()
        .regex(/^(tcp|https?):\/\/[^\s/]+$/, 'must be tcp://host:port')
        .optional(),
    })
    .prefault({}),
  process: z
    .strictObject({
      /** May the agent install TigerVNC by apt when it is root on Debian or Ubuntu? */
      install: z.boolean().default(true),
    })
    .prefault({}),
  /** What desktops may use of this host; all of it when omitted. */
  capacity: z
    .strictObject({
      cores: z.number().positive().max(4096).optional(),
      memory_bytes: z.int().positive().optional(),
    })
    .prefault({}),
  allow_root: allowRootSchema,
  log: logSchema,
});

export type AgentConfig = z.infer<typeof agentSchema>;
