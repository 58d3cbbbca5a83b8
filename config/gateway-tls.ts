/** The section `tls` of the gateway's configuration: what is served, to whom, under which rules (docs/tls.md). */
import { z } from 'zod';
import { fileSchema } from './shared-schema.ts';

export const tlsProfiles = ['modern', 'intermediate', 'legacy'] as const;
export const tlsVersions = ['1.0', '1.1', '1.2', '1.3'] as const;
export type TlsProfile = (typeof tlsProfiles)[number];
export type TlsVersion = (typeof tlsVersions)[number];

/** Suites of TLS 1.2 and below that the runtime has; those of 1.3 are always all three. */
export const tlsCiphers = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-AES256-SHA',
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-SHA',
  'AES256-SHA',
] as const;

export const tlsCurves = ['X25519MLKEM768', 'X25519', 'P-256', 'P-384', 'P-521'] as const;

const certificatesMax = 256;
const namesMax = 100;
const pathsMax = 100;

/** Why a suite is not served, for those that people copy from the configuration of other servers. */
function refuseCipher(name: string): string {
  if (/^TLS_/.test(name)) return `${name} belongs to TLS 1.3, whose three suites can not be chosen`;
  if (/^(DHE|EDH|DH|ADH)-/.test(name)) {
    return `${name} needs finite-field Diffie-Hellman, which the runtime does not have`;
  }
  if (/DES|RC4|NULL|EXP|MD5|PSK|SRP/.test(name))
    return `${name} is not served: it is broken or needs no certificate`;
  return `${name} is no cipher suite the runtime has; they are listed in docs/tls.md`;
}

const cipherSchema = z.string().superRefine((name, context) => {
  if ((tlsCiphers as readonly string[]).includes(name)) return;
  context.addIssue({ code: 'custom', message: refuseCipher(name) });
});

/** A host name, or one with `*` as its whole first label (RFC 6125 section 6.4.3). */
const serverNameSchema = z
  .string()
  .max(253)
  .refine(name => !/^[\d.]+$/.test(name) && !name.includes(':'), {
    error:
      'clients name no IP addresses in TLS (RFC 6066 section 3): only host names can choose a certificate',
  })
  .refine(
    name =>
      /^(\*\.)?([0-9A-Za-z_]([0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?)(\.[0-9A-Za-z_]([0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?)*$/.test(
        name,
      ),
    {
      error: 'must be a host name, or one that begins with "*."',
    },
  )
  .transform(name => name.toLowerCase());

const pairShape = {
  certificate: fileSchema,
  private_key: fileSchema,
  passphrase_file: fileSchema.optional(),
};

const namedCertificateSchema = z.strictObject({
  names: z.array(serverNameSchema).min(1).max(namesMax).optional(),
  ...pairShape,
});

const clientCertificatesSchema = z.strictObject({
  authorities: fileSchema,
  revocation_list: fileSchema.optional(),
  mode: z.enum(['required', 'optional']).default('required'),
  paths: z
    .array(
      z
        .string()
        .max(1024)
        .regex(/^\/[\x21-\x24\x26-\x3e\x40-\x5b\x5d-\x7e]*$/, 'must begin with a slash, without % or ?')
        // What a request asks for is freed of these before it is compared (gateway/certificate/client-certificate.ts).
        .refine(path => !/[;#]|\/\/|\/\.{1,2}(\/|$)/.test(path), {
          error: 'must have no ; or #, no doubled slash and no dot segment: it would cover nothing',
        }),
    )
    .min(1)
    .max(pathsMax)
    .default(['/']),
});

/** A key of other servers that is refused with a reason instead of as unknown. */
const refusedKey = (error: string) => z.undefined({ error }).optional();

const list = <T extends z.ZodType>(of: T) => z.array(of).min(1).max(32).optional();

export const tlsSchema = z
  .strictObject({
    certificate: pairShape.certificate.optional(),
    private_key: pairShape.private_key.optional(),
    passphrase_file: pairShape.passphrase_file,
    certificates: z.array(namedCertificateSchema).min(1).max(certificatesMax).optional(),
    unknown_name: z.enum(['default', 'refuse']).optional(),
    profile: z.enum(tlsProfiles).optional(),
    minimum_version: z.enum(tlsVersions).optional(),
    maximum_version: z.enum(tlsVersions).optional(),
    ciphers: list(cipherSchema),
    curves: list(z.enum(tlsCurves)),
    watch: z.boolean().optional(),
    client_certificates: clientCertificatesSchema.optional(),
    ocsp_stapling: refusedKey(
      'the runtime can not staple OCSP answers: put a TLS proxy in front (docs/tls.md)',
    ),
    dh_parameters: refusedKey('the runtime has no finite-field Diffie-Hellman: leave them out (docs/tls.md)'),
    session_ticket_keys: refusedKey('the runtime makes its ticket keys itself: leave them out (docs/tls.md)'),
  })
  .superRefine((tls, context) => {
    for (const [path, message] of contradictions(tls)) context.addIssue({ code: 'custom', path, message });
  });

export type TlsConfig = z.infer<typeof tlsSchema>;

type Contradiction = readonly [path: PropertyKey[], message: string];

/** The versions that hold: those of the profile, unless they are given. */
export function versionRange(tls: Pick<TlsConfig, 'profile' | 'minimum_version' | 'maximum_version'>): {
  readonly minimum: TlsVersion;
  readonly maximum: TlsVersion;
} {
  const floors = { modern: '1.3', intermediate: '1.2', legacy: '1.0' } as const;
  return {
    minimum: tls.minimum_version ?? floors[tls.profile ?? 'intermediate'],
    maximum: tls.maximum_version ?? '1.3',
  };
}

function contradictions(tls: Omit<TlsConfig, 'ocsp_stapling'>): Contradiction[] {
  const found: Contradiction[] = [];
  if (tls.certificate !== undefined && tls.private_key === undefined) {
    found.push([['certificate'], 'a certificate needs its private_key']);
  }
  if (tls.certificate === undefined) {
    for (const key of ['private_key', 'passphrase_file'] as const) {
      if (tls[key] !== undefined) found.push([[key], `${key} belongs to a certificate, and there is none`]);
    }
  }
  const { minimum, maximum } = versionRange(tls);
  if (minimum > maximum) {
    const key = tls.maximum_version === undefined ? 'minimum_version' : 'maximum_version';
    found.push([[key], `no version is left between ${minimum} (minimum) and ${maximum} (maximum)`]);
  }
  if (tls.ciphers !== undefined && minimum === '1.3') {
    found.push([['ciphers'], 'they are chosen for TLS 1.2 and below, and the minimum version is 1.3']);
  }
  if (maximum !== '1.3' && tls.curves?.every(curve => curve === 'X25519MLKEM768')) {
    found.push([['curves'], 'X25519MLKEM768 needs TLS 1.3: name another one beside it']);
  }
  const owners = new Map<string, number>();
  for (const [index, { names = [] }] of (tls.certificates ?? []).entries()) {
    for (const [at, name] of names.entries()) {
      if (owners.has(name)) found.push([['certificates', index, 'names', at], `${name} is named twice`]);
      owners.set(name, index);
    }
  }
  return found;
}
