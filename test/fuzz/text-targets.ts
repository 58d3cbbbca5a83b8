/** What people and other programs write: policies, configuration files, image references, frames of the link. */

import { gatewaySchema } from '../../config/gateway.ts';
import { parseKeyCombination } from '../../config/key-combination.ts';
import { decodeFrame, encodeFrame } from '../../config/link/link.ts';
import { parsePolicy } from '../../config/policy.ts';
import { ConfigError, parseConfig } from '../../config/read-config.ts';
import { parseImageReference } from '../../control/images/image-reference.ts';
import { compilePolicy } from '../../gateway/policy/compile-policy.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { pick, type Random, seeded } from './mutate.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Reads the whole input: cuts mean nothing here, so the second run shows that the first left nothing behind. */
function text(
  name: string,
  seeds: readonly string[],
  read: (text: string) => string,
  generate?: (random: Random) => string,
): FuzzTarget {
  return {
    name,
    seeds: seeds.map(utf8),
    ...(generate === undefined ? {} : { generate: (random: Random) => utf8(generate(random)) }),
    run: input => read(textOf(input)),
  };
}

const values: readonly unknown[] = [
  true,
  false,
  null,
  0,
  1,
  -1,
  10_000,
  1e308,
  0.5,
  '',
  'unlimited',
  'nothing',
  'none',
  'any',
  'off',
  'verbose',
  '10%',
  '-5',
  'Control+p',
  'Print',
  'token_bucket',
  'kasmvnc',
  'truncate',
  'full',
  'view_only',
  [],
  ['text/html'],
  {},
  { burst: 1, per_hour: 0 },
  '__proto__',
  'a'.repeat(300),
];
const section = (random: Random, keys: Readonly<Record<string, (random: Random) => unknown>>): unknown => {
  if (random(12) === 0) return pick(random, values);
  const made: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(keys)) {
    if (random(3) === 0) made[key] = random(8) === 0 ? pick(random, values) : value(random);
  }
  if (random(20) === 0)
    made[pick(random, ['__proto__', 'constructor', 'unknown', 'Enabled'])] = pick(random, values);
  return made;
};
const bool = (random: Random): unknown => random(2) === 0;
const size = (random: Random): unknown => pick(random, ['unlimited', 'nothing', 0, 1, 100]);
const side = (random: Random): unknown =>
  section(random, {
    enabled: bool,
    size,
    total_size: size,
    budget: () => ({ burst: 10, per_hour: random(100) }),
  });
const edge = (random: Random): unknown => pick(random, [0, 5, -5, '10%', '-10%', '100', '200%']);

const prevention = (random: Random): unknown =>
  section(random, {
    clipboard: inner =>
      section(inner, {
        delay_between_operations: () => pick(inner, ['none', 0, 500]),
        allow_mimetypes: () => pick(inner, ['any', null, ['text/html', 'image/png']]),
        allow_text: bool,
        over_size: () => pick(inner, ['drop', 'truncate']),
        server_to_client: side,
        client_to_server: side,
      }),
    keyboard: inner =>
      section(inner, {
        enabled: bool,
        rate_limit: () => pick(inner, ['unlimited', 0, 5]),
        rate_limit_rule: () => pick(inner, ['token_bucket', 'kasmvnc']),
        blocked_combinations: () => [pick(inner, ['Print', 'Control+p', 'Control+0xff63', '+', 'Alt+'])],
      }),
    pointer: inner => section(inner, { enabled: bool }),
    visible_region: inner => section(inner, { left: edge, top: edge, right: edge, bottom: edge }),
    logging: inner => section(inner, { level: () => pick(inner, ['off', 'info', 'verbose', false]) }),
    allow: inner => section(inner, { resize: bool, power: bool, printer: bool, statistics: bool }),
  });

const policyDocument = (random: Random): string =>
  JSON.stringify({
    access: pick(random, ['full', 'full', 'view_only', 'input_only', 'clipboard_only', 'all']),
    data_loss_prevention: prevention(random),
    settings: section(random, {
      allow_kasm_clipboard_up: bool,
      clipboard_up_bytes_max: () => pick(random, [0, 10, '10', -1]),
      view_only: bool,
      data_loss_prevention: prevention,
    }),
  });

/** A document that is taken means something, and the same when it is written down and read again. */
function readPolicy(text: string): string {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return 'no JSON';
  }
  let policy: ReturnType<typeof parsePolicy>;
  try {
    policy = parsePolicy(raw);
  } catch (error) {
    if (!(error instanceof Error) || error.constructor !== Error) throw error;
    return `refused ${error.message}`;
  }
  const shown = (value: unknown): string =>
    JSON.stringify(value, (_, inner) =>
      inner instanceof Set ? [...inner] : inner === Number.POSITIVE_INFINITY ? 'all' : inner,
    );
  const compiled = shown(compilePolicy(policy));
  const again = shown(compilePolicy(parsePolicy(JSON.parse(JSON.stringify(policy)))));
  if (compiled !== again) throw new Error(`it means ${compiled}, read again ${again}`);
  return compiled;
}

const goodConfig = `listen: { host: 127.0.0.1, port: 8443 }
tls: { certificate: cert.pem, private_key: key.pem }
sessions:
  - &first
    id: 11111111-1111-4111-8111-111111111111
    token: replace-me-with-a-long-secret
    protocol: kasmvnc
    upstream: ws://127.0.0.1:6901/websockify
    data_loss_prevention: { clipboard: { server_to_client: { enabled: false } } }
    settings: { allow_kasm_clipboard_up: true }
`;
const lines = [
  ...goodConfig.split('\n'),
  '  - *first',
  'x: &x [*x, *x]',
  'a: [',
  '? {',
  '<<: *first',
  '\t',
  '---',
  '%YAML 9.9',
  'log: { level: info }',
  '!!js/function "x"',
  '- &a [*a]',
  'listen: 5',
];

function readYaml(text: string): string {
  try {
    return JSON.stringify(parseConfig('gateway.yaml', text, gatewaySchema)).length > 0 ? 'read' : '';
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.join('\n');
  }
}

const yamlOf = (random: Random): string =>
  Array.from({ length: 1 + random(14) }, () => pick(random, lines)).join('\n');

function readImage(text: string): string {
  const parsed = parseImageReference(text);
  if (!parsed.ok) return parsed.problem;
  const { registry, repository, tag, digest } = parsed.reference;
  const written = `${registry === undefined ? '' : `${registry}/`}${repository}:${tag}${digest === undefined ? '' : `@${digest}`}`;
  const again = parseImageReference(written);
  if (JSON.stringify(again) !== JSON.stringify(parsed)) throw new Error(`it is read as ${written}`);
  return written;
}

const digest = `sha256:${'0a'.repeat(32)}`;
const images = [
  'kasmweb/firefox:1.18.0',
  `registry.example.com:5000/a/b_c:latest@${digest}`,
  'debian:12',
  '[::1]:5000/x:y',
];
const imageParts = [
  'a',
  'b-c',
  'registry.example.com',
  'localhost:5000',
  '/',
  ':',
  '@',
  digest,
  '..',
  'A',
  '_',
  '1.0',
  '[::1]',
];

const readKeys = (text: string): string => JSON.stringify(parseKeyCombination(text)) ?? 'none';

const linkFrames = [
  encodeFrame({ id: 1, hello: { role: 'agent', name: 'n', version: '1', instance: 'i' } }),
  encodeFrame({ replyTo: 1, authoriseReply: { refusal: 'bad_token' } }),
  encodeFrame({ id: 7, authoriseRequest: { sessionId: 's', token: 't', channel: 'vnc', address: '::1' } }),
  encodeFrame({ streamsCut: { sessionId: 's' } }),
];

/** A frame that is understood is understood again when it is written. */
function readLinkFrame(input: Uint8Array): string {
  let frame: ReturnType<typeof decodeFrame>;
  try {
    frame = decodeFrame(input);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `refused ${error.message}`;
  }
  const written = encodeFrame(frame);
  const again = encodeFrame(decodeFrame(written));
  if (Buffer.compare(written, again) !== 0) throw new Error('it changes when it is written again');
  return Buffer.from(written).toString('hex');
}

export const textTargets: readonly FuzzTarget[] = [
  text('policy-document', [policyDocument(seeded(1)), '{"access":"full"}'], readPolicy, policyDocument),
  text('config-yaml', [goodConfig], readYaml, yamlOf),
  text('image-reference', images, readImage, random =>
    Array.from({ length: 1 + random(8) }, () => pick(random, imageParts)).join(''),
  ),
  text('key-combination', ['Print', 'Control+p', 'Control+0xff63', 'Control+Alt+Delete'], readKeys),
  { name: 'link-frame', seeds: linkFrames, run: readLinkFrame },
];
