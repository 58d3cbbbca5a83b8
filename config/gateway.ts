/** The gateway's configuration file. Keys are written here exactly as in the file. */
import { z } from 'zod';
import { dataLossPreventionSchema } from './data-loss-prevention.ts';
import {
  forwardedHeaderSchema,
  limitsSchema,
  rateLimitsSchema,
  trustedProxiesSchema,
} from './gateway-admission.ts';
import { gatewayHttpSchema } from './gateway-http.ts';
import { tlsSchema } from './gateway-tls.ts';
import { upstreamsSchema } from './gateway-upstreams.ts';
import { drainTimeSchema, workersSchema } from './gateway-workers.ts';
import { parseId, type SessionId } from './ids.ts';
import { limits } from './limits.ts';
import { accessKinds, settingsSchema } from './policy.ts';
import { allowRootSchema, runAsSchema } from './privileges.ts';
import { controlLinkSchema, fileSchema, hostSchema, logSchema, portSchema } from './shared-schema.ts';

const upstreamSchemes = ['ws', 'wss', 'tcp', 'tls', 'unix+ws'] as const;

/** Where a desktop listens: ws://host:port/path, wss://…, tcp://host:port, tls://host:port, unix+ws:///socket:/path. */
export const upstreamSchema = z
  .string()
  .max(2048)
  .refine(
    text => {
      const scheme = /^([a-z+]+):\/\/./.exec(text)?.[1];
      if (scheme === undefined || !(upstreamSchemes as readonly string[]).includes(scheme)) return false;
      return URL.canParse(text.replace(/^[a-z+]+:/, 'http:')) || scheme === 'unix+ws';
    },
    { error: `must be an address with one of the schemes ${upstreamSchemes.join(', ')}` },
  );

const sessionIdSchema = z
  .string()
  .refine(text => parseId(text) !== undefined, { error: 'must be a UUID' })
  .transform(text => parseId<SessionId>(text) as SessionId);

export const staticSessionSchema = z.strictObject({
  id: sessionIdSchema,
  token: z
    .string()
    .min(limits.tokenCharsMin, `must have ${limits.tokenCharsMin} characters or more`)
    .max(limits.tokenCharsMax),
  access: z.enum(accessKinds).default('full'),
  protocol: z.enum(['kasmvnc', 'rfb', 'rdp']).refine(value => value !== 'rdp', {
    error: 'protocol rdp is not served by this version (kasmvnc and rfb are)',
  }),
  upstream: upstreamSchema,
  upstream_authorization: z
    .string()
    .max(1024)
    .regex(/^Basic [A-Za-z0-9+/=]+$/, 'must be "Basic " and base64 of user:password')
    .optional(),
  upstream_password: z.string().max(limits.passwordCharsMax).optional(),
  upstream_tls: z.strictObject({ ca: fileSchema.optional(), verify: z.boolean().default(true) }).optional(),
  data_loss_prevention: dataLossPreventionSchema.prefault({}),
  settings: settingsSchema.prefault({}),
});

export const gatewaySchema = z
  .strictObject({
    listen: z
      .strictObject({
        host: hostSchema.default('0.0.0.0'),
        port: portSchema.default(8443),
        workers: workersSchema,
        drain_time_s: drainTimeSchema,
        /** Trusted proxies send a header of the PROXY protocol before anything else. */
        proxy_protocol: z.boolean().default(false),
        /** Without TLS, for trusted proxies that end it; from anybody else nothing is taken. */
        plain_http: z.boolean().default(false),
      })
      .prefault({}),
    tls: tlsSchema.optional(),
    http: gatewayHttpSchema,
    limits: limitsSchema,
    rate_limits: rateLimitsSchema,
    trusted_proxies: trustedProxiesSchema.default([]),
    forwarded_header: forwardedHeaderSchema,
    upstreams: upstreamsSchema,
    run_as: runAsSchema,
    allow_root: allowRootSchema,
    data_dir: fileSchema.default('./data/gateway'),
    metrics: z
      .strictObject({ host: hostSchema.default('127.0.0.1'), port: portSchema.default(9443) })
      .optional(),
    log: logSchema,
    sessions: z.array(staticSessionSchema).max(10_000).optional(),
    control: controlLinkSchema.optional(),
  })
  .superRefine((config, context) => {
    if ((config.sessions === undefined) === (config.control === undefined)) {
      context.addIssue({
        code: 'custom',
        message: 'a gateway takes its sessions from exactly one place: give either sessions or control',
      });
    }
    for (const key of ['proxy_protocol', 'plain_http'] as const) {
      if (!config.listen[key] || config.trusted_proxies.length > 0) continue;
      const message = `it is for proxies, and trusted_proxies names none`;
      context.addIssue({ code: 'custom', path: ['listen', key], message });
    }
    if (config.listen.plain_http && config.tls !== undefined) {
      const message = 'tls is served by nobody: plain_http listens without it';
      context.addIssue({ code: 'custom', path: ['tls'], message });
    }
    const seen = new Set<string>();
    for (const [index, session] of (config.sessions ?? []).entries()) {
      if (seen.has(session.id)) {
        context.addIssue({
          code: 'custom',
          path: ['sessions', index, 'id'],
          message: `session ${session.id} is listed twice`,
        });
      }
      seen.add(session.id);
    }
  });

export type GatewayConfig = z.infer<typeof gatewaySchema>;
export type StaticSession = z.infer<typeof staticSessionSchema>;
