/** The gateway's `upstreams:` block: which addresses a grant may name. */
import { z } from 'zod';
import { isAddressRange } from './address-range.ts';

const rangesSchema = z
  .array(
    z.string().max(64).refine(isAddressRange, { error: 'must be an IP address or a range like 10.0.0.0/8' }),
  )
  .max(1000)
  .default([]);

export const upstreamsSchema = z
  .strictObject({
    /** Empty: any address that is not refused anyway. An entry inside a range that is refused anyway opens it. */
    allow: rangesSchema,
    /** Wins over allow. */
    deny: rangesSchema,
    /** Folders whose Unix sockets a grant of control may name; sessions of the file may name any. */
    sockets: z.array(z.string().max(4096).startsWith('/')).max(100).default([]),
  })
  .prefault({});

export type UpstreamsConfig = z.infer<typeof upstreamsSchema>;
