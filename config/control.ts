/** Control's configuration file. Keys are written here exactly as in the file. */
import { z } from 'zod';
import { rateSchema, trustedProxiesSchema } from './gateway-admission.ts';
import { allowRootSchema } from './privileges.ts';
import { fileSchema, hostSchema, logSchema, portSchema } from './shared-schema.ts';

export const controlSchema = z.strictObject({
  listen: z
    .strictObject({ host: hostSchema.default('127.0.0.1'), port: portSchema.default(8080) })
    .prefault({}),
  /** Where users reach the gateway; only for links in answers that must be absolute. */
  public_url: z.url({ protocol: /^https$/, error: 'must be an https:// address' }).optional(),
  data_dir: fileSchema.default('./data/control'),
  /** Omitted: a PostgreSQL of control's own, in data_dir. */
  database: z
    .strictObject({ url: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }) })
    .optional(),
  /** Omitted: in-process. One control instance needs no more. */
  cache: z
    .strictObject({ url: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// address' }) })
    .optional(),
  /** The secret that gateways and agents show once, the first time they come. */
  enrolment_token_file: fileSchema,
  /** First start only: where the generated passwords are written (mode 0600), as JSON {username: password}. */
  first_start: z.strictObject({ passwords_file: fileSchema.optional() }).prefault({}),
  auth: z.strictObject({ login_lifetime_s: z.int().min(60).max(31_536_000).default(288_000) }).prefault({}),
  sessions: z
    .strictObject({
      token_lifetime_s: z.int().min(60).max(31_536_000).default(86_400),
      start_timeout_s: z.int().min(5).max(86_400).default(600),
    })
    .prefault({}),
  /** Gateways, whose word on their clients' addresses is taken: docs/limits.md. */
  trusted_proxies: trustedProxiesSchema.default(['127.0.0.0/8', '::1/128']),
  rate_limits: z
    .strictObject({
      user: z
        .strictObject({
          requests: rateSchema.default({ per_second: 50, burst: 1_000 }),
          /** With the right password; wrong ones are slowed down otherwise. */
          logins: rateSchema.default({ per_second: 2, burst: 100 }),
        })
        .prefault({}),
    })
    .prefault({}),
  allow_root: allowRootSchema,
  log: logSchema,
});

export type ControlConfig = z.infer<typeof controlSchema>;
