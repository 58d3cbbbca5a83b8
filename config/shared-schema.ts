/** Pieces that several programs' configuration files share. */
import { z } from 'zod';
import { logLevels } from './log.ts';

export const portSchema = z
  .int()
  .min(0, 'a port is 0 (any free one) to 65535')
  .max(65535, 'a port is 0 (any free one) to 65535');

/** A host name or an IP address to listen on or to dial. */
export const hostSchema = z
  .string()
  .regex(/^[0-9A-Za-z.:_-]{1,253}$/, 'must be a host name or an IP address');

export const logSchema = z.strictObject({ level: z.enum(logLevels).default('info') }).prefault({});

export const fileSchema = z.string().min(1).max(4096);

/** How a node finds control and proves itself the first time. */
export const controlLinkSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' }),
  enrolment_token_file: fileSchema,
});
