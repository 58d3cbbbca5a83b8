/** Who may come in, how many and how often: parts of the gateway's configuration file, explained in docs/limits.md. */
import { z } from 'zod';
import { isAddressRange } from './address-range.ts';
import { forwardedHeaders } from './forwarded.ts';
import { fileSchema } from './shared-schema.ts';

const countSchema = z.union([z.int().min(1).max(10_000_000), z.literal('unlimited')], {
  error: 'must be a whole number of 1 or more, or unlimited',
});

/** `per_second` flow in, and `burst` more than that may come at once, as in nginx: `burst=… nodelay`. */
export const rateSchema = z.union(
  [
    z.strictObject({
      per_second: z.number().positive().max(1e12),
      burst: z.int().min(0).max(1e12),
    }),
    z.literal('unlimited'),
  ],
  { error: 'must be { per_second: …, burst: … }, or unlimited' },
);

export const addressRangeSchema = z
  .string()
  .max(64)
  .refine(isAddressRange, { error: 'must be an IP address or a range like 10.0.0.0/8' });

export const trustedProxiesSchema = z.array(addressRangeSchema).max(1_000);

export const forwardedHeaderSchema = z.enum(forwardedHeaders).default('x-forwarded-for');

/** Connections and streams that are open at the same time. */
export const limitsSchema = z
  .strictObject({
    connections: countSchema.default(50_000),
    connections_per_address: countSchema.default(2_000),
    streams_per_user: countSchema.default(200),
    /** Default: 200 for sessions of control, unlimited for those of the configuration file. */
    streams_per_session: countSchema.optional(),
    accept_rate: rateSchema.default({ per_second: 1_000, burst: 10_000 }),
    /** Addresses that no limit and no rate for an address holds for. */
    unlimited_addresses: z.array(addressRangeSchema).max(1_000).default(['127.0.0.0/8', '::1/128']),
  })
  .prefault({});

/** What one address, user or stream may do in a time. */
export const rateLimitsSchema = z
  .strictObject({
    address: z
      .strictObject({
        requests: rateSchema.default({ per_second: 100, burst: 2_000 }),
        logins: rateSchema.default({ per_second: 2, burst: 100 }),
        upgrades: rateSchema.default({ per_second: 10, burst: 500 }),
        wrong_tokens: rateSchema.default({ per_second: 1, burst: 100 }),
        bytes: rateSchema.default('unlimited'),
      })
      .prefault({}),
    user: z
      .strictObject({
        upgrades: rateSchema.default({ per_second: 5, burst: 100 }),
        bytes: rateSchema.default('unlimited'),
      })
      .prefault({}),
    stream: z.strictObject({ bytes: rateSchema.default('unlimited') }).prefault({}),
    /** Addresses and users remembered for each rate; the one not seen for longest is forgotten first. */
    entries: z.int().min(100).max(10_000_000).default(65_536),
    /** Omitted: each gateway counts for itself. */
    redis: z
      .strictObject({
        url: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// address' }),
        password_file: fileSchema.optional(),
        /** PEM of the authorities that may sign the server's certificate. */
        ca: fileSchema.optional(),
      })
      .optional(),
  })
  .prefault({});

export type Count = z.infer<typeof countSchema>;
export type Rate = z.infer<typeof rateSchema>;
export type LimitsConfig = z.infer<typeof limitsSchema>;
export type RateLimitsConfig = z.infer<typeof rateLimitsSchema>;
export type RedisConfig = NonNullable<RateLimitsConfig['redis']>;
