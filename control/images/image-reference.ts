/**
 * Docker image references: `[registry[:port]/]path[/path…]:tag[@digest]`. Pure.
 * The tag must be written: a name alone means "latest", whose content changes under a running system.
 */
import { limits } from '../../config/limits.ts';

export interface ImageReference {
  /** `registry.example.com:5000`; undefined: Docker Hub. */
  readonly registry: string | undefined;
  /** `kasmweb/firefox`; without the registry. */
  readonly repository: string;
  readonly tag: string;
  /** `sha256:…`, when the reference pins one. */
  readonly digest: string | undefined;
}

export type ParsedReference =
  | { readonly ok: true; readonly reference: ImageReference }
  | { readonly ok: false; readonly problem: string };

const tagCharsMax = 128;
const tagForm = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const pathForm = /^[a-z0-9]+(?:(?:\.|__|_|-+)[a-z0-9]+)*$/;
const registryForm =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;
const digestForm = /^sha256:[0-9a-f]{64}$/;

/** @returns the parts, or a sentence that says what is wrong with the reference. */
export function parseImageReference(text: string): ParsedReference {
  const refuse = (why: string): ParsedReference => ({ ok: false, problem: `image ${quote(text)} ${why}` });
  if (text.length > limits.imageReferenceCharsMax) {
    const max = limits.imageReferenceCharsMax;
    return {
      ok: false,
      problem: `an image reference of ${text.length} characters is over the limit of ${max}`,
    };
  }
  const [name = '', digest, ...rest] = text.split('@');
  if (rest.length > 0 || (digest !== undefined && !digestForm.test(digest))) {
    return refuse('has a digest that is not sha256: and 64 hexadecimal digits');
  }
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  if (colon === -1) return refuse('has no tag: write one, such as name:1.18.0');
  const tag = name.slice(colon + 1);
  if (tag.length > tagCharsMax || !tagForm.test(tag)) {
    return refuse(`has a tag that is not 1 to ${tagCharsMax} letters, digits and _ . -`);
  }
  const { registry, path } = splitRegistry(name.slice(0, colon));
  if (registry !== undefined && !registryForm.test(registry))
    return refuse('names a registry that is no host name');
  if (path === '' || !path.split('/').every(part => pathForm.test(part))) {
    return refuse('has a name that is not lower-case letters, digits and separators between slashes');
  }
  return { ok: true, reference: { registry, repository: path, tag, digest } };
}

/** Docker's rule: the first part is a registry when it could not be a path: a dot, a colon, or localhost. */
function splitRegistry(name: string): { registry: string | undefined; path: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isRegistry = first.includes('.') || first.includes(':') || first === 'localhost';
  return isRegistry ? { registry: first, path: name.slice(slash + 1) } : { registry: undefined, path: name };
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
