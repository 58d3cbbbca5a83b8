/** Environment variables of a desktop: those of its image, then those of the request. Pure. */
import { z } from '@hono/zod-openapi';

const variablesMax = 64;
const valueCharsMax = 4_096;

const name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'names of variables hold letters, digits and _ only, at most 128');
const value = z
  .string()
  .max(valueCharsMax, `a value must be at most ${valueCharsMax} characters`)
  .refine(text => !text.includes('\0'), 'a value must not hold a NUL');

export const environmentSchema = z
  .record(name, value)
  .refine(all => Object.keys(all).length <= variablesMax, `at most ${variablesMax} variables`);

/** @param runConfig the image's; a part of it that is no environment counts for nothing. */
export function desktopEnvironment(
  runConfig: Readonly<Record<string, unknown>>,
  requested: Readonly<Record<string, string>>,
): Record<string, string> {
  const own = environmentSchema.safeParse(runConfig.environment ?? {});
  return { ...(own.success ? own.data : {}), ...requested };
}
