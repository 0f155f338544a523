import { z } from 'zod';
import type { ApiConfig } from '../model/api-config.js';

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,100}$/, {
  error: 'must be the name of an environment variable, which holds the secret',
});
const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, { error: 'is not the name of a header' });
const plainHeader = headerName.regex(/^(?!(authorization|proxy-authorization|cookie|host)$)/i, {
  error: 'may hold a secret, which belongs in the environment: declare auth',
});
const headerText = z.string().regex(/^[\t\x20-\x7e]*$/, { error: 'must be plain text in one line' });
const kind = z.enum(['page', 'offset', 'cursor', 'link', 'none']);

const pagination = z.strictObject({
  kind,
  param: z.string().min(1).optional(),
  first: z.int().min(0).optional(),
  size: z.int().positive().optional(),
  sizeParam: z.string().min(1).optional(),
  next: z.string().min(1).optional(),
  total: z.union([z.string().min(1), z.literal(false)]).optional(),
});

const auth = z.union([
  z.strictObject({ bearer: variable }),
  z.strictObject({ basic: z.strictObject({ user: variable, password: variable }) }),
  z.strictObject({ header: headerName, value: variable }),
  z.strictObject({ param: z.string().min(1), value: variable }),
]);

const since = z.strictObject({
  param: z.string().min(1),
  overlap: z.number().min(0).optional(),
  format: z.enum(['iso', 'date', 'unix']).optional(),
});

const url = z
  .string()
  .refine((text) => /^https?:$/.test(parsed(text)?.protocol ?? ''), {
    error: 'is not an address, such as https://shop.example/api/orders',
  })
  .refine((text) => (parsed(text)?.username ?? '') === '' && (parsed(text)?.password ?? '') === '', {
    error: 'has a password in it, which belongs in the environment: declare auth',
  });

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** The words of a source of type `rest`, as a part of the schema of a source. */
export const apiWords = {
  url: url.optional(),
  params: z.record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()])).optional(),
  headers: z.record(plainHeader, headerText).optional(),
  auth: auth.optional(),
  pagination: z.union([kind, pagination]).optional(),
  since: z.union([z.string().min(1), since]).optional(),
  timeout: z.number().positive().max(600).optional(),
  concurrency: z.int().min(1).max(16).optional(),
  allowPrivate: z.boolean().optional(),
  tolerance: z.int().min(0).optional(),
} satisfies Record<keyof ApiConfig, z.ZodType>;
