/** The gateway's `http:` block: response headers, origins, and what a client may ask of the front door. */
import { z } from 'zod';
import { limits } from './limits.ts';

/** `https://name`, `https://name:port`, or `https://*.name` for exactly one label in the star's place. */
const originPatternSchema = z
  .string()
  .max(253 + 16)
  .regex(
    /^https?:\/\/(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9]\d{0,4})?$/,
    'must be an origin in lower case, such as https://portal.example.com or https://*.example.com',
  )
  .refine(origin => !/^https:.*:443$|^http:.*:80$/.test(origin), {
    error: 'must leave out the port that the scheme means anyway, as browsers do',
  });

/** Visible ASCII and spaces: what can stand in a header without ending it. */
const headerValueSchema = z
  .string()
  .max(4096)
  .regex(/^[\x20-\x7e]*$/, 'must be printable ASCII in one line');

const headerNameSchema = z
  .string()
  .max(100)
  .regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'must be a header name')
  .refine(name => !unsettable.has(name.toLowerCase()), {
    error: 'is a header that the gateway or the connection sets by itself',
  });

/**
 * They frame the message, carry credentials, keep desktops' pages away from ours, or have a key of their own. With
 * Cross-Origin-Embedder-Policy our pages would be isolated as desktops' are, and then be in reach of windows of theirs.
 */
const unsettable: ReadonlySet<string> = new Set([
  'access-control-allow-credentials',
  'access-control-allow-origin',
  'connection',
  'content-encoding',
  'content-length',
  'content-security-policy',
  'content-type',
  'cross-origin-embedder-policy',
  'cross-origin-opener-policy',
  'location',
  'set-cookie',
  'strict-transport-security',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-frame-options',
]);

/** Further headers of one class of routes; an empty value takes a header away. */
const extraHeadersSchema = z.record(headerNameSchema, headerValueSchema).default({});

const hstsSchema = z
  .strictObject({
    /** Seconds; 0 tells browsers to forget it. */
    max_age: z.int().min(0).max(63_072_000).default(31_536_000),
    include_subdomains: z.boolean().default(false),
    preload: z.boolean().default(false),
  })
  .refine(
    ({ preload, include_subdomains, max_age }) => !preload || (include_subdomains && max_age >= 31_536_000),
    {
      error: 'preload needs include_subdomains: true and a max_age of 31536000 or more, as the list demands',
    },
  );

const headersSchema = z.strictObject({
  /** Replaces the policy of our own pages; frame-ancestors is added from frame_ancestors. */
  content_security_policy: headerValueSchema
    .refine(text => !/'unsafe-eval'/i.test(text), { error: "must not hold 'unsafe-eval'" })
    .refine(text => !/frame-ancestors/i.test(text), {
      error: 'takes frame-ancestors from the key frame_ancestors',
    })
    .optional(),
  /** Who may show our pages and desktops in a frame, beside our own pages. */
  frame_ancestors: z.array(originPatternSchema).max(100).default([]),
  referrer_policy: z
    .enum(['no-referrer', 'same-origin', 'strict-origin', 'origin', 'strict-origin-when-cross-origin'])
    .default('no-referrer'),
  hsts: hstsSchema.prefault({}),
  permissions_policy: headerValueSchema.optional(),
  cross_origin_opener_policy: z
    .enum(['same-origin', 'same-origin-allow-popups', 'unsafe-none'])
    .default('same-origin'),
  cross_origin_resource_policy: z.enum(['same-origin', 'same-site', 'cross-origin']).default('same-origin'),
  pages: extraHeadersSchema,
  api: extraHeadersSchema,
  streams: extraHeadersSchema,
});

const originsSchema = z.strictObject({
  /** Pages of other origins that may use the API and open streams. */
  allow: z.array(originPatternSchema).max(1000).default([]),
  /** Whether they may show cookies; without it only bearer tokens. */
  credentials: z.boolean().default(true),
  /** Seconds that a browser may keep the answer to its preflight. */
  preflight_max_age_s: z.int().min(0).max(86_400).default(600),
  /** Refuse streams to clients that send no Origin: programs do, browsers never. */
  require: z.boolean().default(false),
});

const streamsSchema = z
  .strictObject({
    /** A WebSocket ping after so long without a byte either way; 0: none. */
    ping_interval_s: z.number().min(0).max(3600).default(30),
    /** A client that stays silent for so long, pings included, is gone. */
    silence_s: z.number().min(0.1).max(86_400).default(90),
    /** Payload of one WebSocket frame of a client, in bytes. */
    frame_bytes_max: z.int().min(65_536).max(limits.clientFrameBytesMax).default(limits.clientFrameBytesMax),
    /** Of all frames of one message. */
    message_bytes_max: z
      .int()
      .min(65_536)
      .max(limits.clientWebSocketMessageBytesMax)
      .default(limits.clientWebSocketMessageBytesMax),
    /** Frames of one message, empty ones included. */
    fragments_max: z.int().min(16).max(1_000_000).default(limits.clientFragmentsMax),
  })
  .refine(({ ping_interval_s: ping, silence_s: silence }) => ping === 0 || silence >= 2 * ping, {
    error: 'silence_s must be at least twice ping_interval_s, so that one lost ping ends no stream',
    path: ['silence_s'],
  });

const limitsSchema = z.strictObject({
  head_bytes: z.int().min(1024).max(limits.requestHeadBytesMax).default(limits.requestHeadBytesMax),
  header_count: z.int().min(10).max(limits.requestHeaderCountMax).default(limits.requestHeaderCountMax),
  /** From the accepted connection to the end of its first request head, the TLS handshake included. */
  head_time_s: z
    .int()
    .min(1)
    .max(60)
    .default(limits.requestHeadTimeMs / 1000),
  /** From a request's head to the first byte of its answer: its body has to come in this time. Bun counts no further. */
  request_time_s: z
    .int()
    .min(1)
    .max(255)
    .default(limits.httpRequestTimeMs / 1000),
});

export const gatewayHttpSchema = z
  .strictObject({
    headers: headersSchema.prefault({}),
    origins: originsSchema.prefault({}),
    streams: streamsSchema.prefault({}),
    limits: limitsSchema.prefault({}),
  })
  .prefault({});

export type GatewayHttpConfig = z.infer<typeof gatewayHttpSchema>;
export type HeadersConfig = GatewayHttpConfig['headers'];
export type OriginsConfig = GatewayHttpConfig['origins'];

/** What holds when the configuration says nothing. */
export const gatewayHttpDefaults: GatewayHttpConfig = gatewayHttpSchema.parse({});
