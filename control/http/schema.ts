/** Pieces of argument schemas that several rooms use. */
import { z } from '@hono/zod-openapi';
import { parseId } from '../../config/ids.ts';

/** A UUID with or without dashes, in either case; inside it is the dashed lower-case form. */
export function idSchema<Id extends string>() {
  return z
    .string()
    .transform((text, issues): Id => {
      const id = parseId<Id>(text);
      if (id === undefined) issues.addIssue({ code: 'custom', message: 'must be a UUID' });
      return id as Id;
    })
    .openapi({ type: 'string', format: 'uuid' });
}

/** One line of text, null meaning empty, as clients send it. */
export function textSchema(charsMax: number) {
  return z
    .string()
    .max(charsMax, `must be at most ${charsMax} characters`)
    .nullable()
    .transform(text => (text ?? '').trim())
    .openapi({ type: 'string' });
}

/** Answers are described loosely: clients must bear fields they don't know. */
export const anyObject = z.record(z.string(), z.unknown());
