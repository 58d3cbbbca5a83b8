/**
 * The part of the developer API (`/api/public/…`) that the pages use, typed. The login travels in a cookie
 * that scripts can't read; answers that mean no come back as values, never as exceptions.
 */
import type { ApiProblem } from './api-problem.ts';

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: ApiProblem };

export interface Login {
  readonly user_id: string;
  readonly username?: string;
}

export interface Image {
  readonly image_id: string;
  readonly name?: string;
  readonly friendly_name?: string;
  readonly description?: string | null;
  readonly image_src?: string | null;
  readonly enabled?: boolean;
  readonly hidden?: boolean;
}

export interface Kasm {
  readonly kasm_id: string;
  readonly user_id: string;
  readonly operational_status?: string;
  readonly start_date?: string | null;
  readonly created_date?: string | null;
  readonly image?: { readonly image_id?: string; readonly friendly_name?: string; readonly name?: string };
}

export interface KasmStatus {
  readonly kasm?: Kasm;
  readonly kasm_url?: string;
  readonly operational_status?: string;
  readonly operational_message?: string | null;
  readonly operational_progress?: number | null;
}

export interface RequestedKasm {
  readonly kasm_id: string;
  readonly user_id: string;
  readonly kasm_url: string;
}

/** One call. Network trouble, a refusal and an `error_message` inside a 200 all become a problem. */
async function call<T>(name: string, body: object, signal?: AbortSignal): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(`/api/public/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      body: JSON.stringify(body),
      signal: signal ?? AbortSignal.timeout(30_000),
    });
  } catch {
    return { ok: false, problem: { kind: 'unreachable', message: '' } };
  }
  const content = await readJson(response);
  const message = typeof content.error_message === 'string' ? content.error_message : '';
  if (response.ok && message === '') return { ok: true, value: content as T };
  return { ok: false, problem: problemOf(response, message, content) };
}

function problemOf(response: Response, message: string, content: Record<string, unknown>): ApiProblem {
  const retryAfter = Number(response.headers.get('retry-after'));
  const requestId = content.request_id ?? response.headers.get('x-request-id');
  const extra = typeof requestId === 'string' ? { requestId } : {};
  if (response.status === 429) {
    const retryAfterSeconds =
      Number.isFinite(retryAfter) && retryAfter > 0 ? Math.ceil(retryAfter) : undefined;
    return {
      kind: 'too_many',
      message,
      ...extra,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    };
  }
  if (response.status === 401) return { kind: 'signed_out', message, ...extra };
  if ([502, 503, 504].includes(response.status)) return { kind: 'unavailable', message, ...extra };
  if (response.status >= 500) return { kind: 'broken', message, ...extra };
  return { kind: 'refused', message, ...extra };
}

async function readJson(response: Response): Promise<Record<string, unknown>> {
  try {
    const content: unknown = await response.json();
    return typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export const api = {
  login: (username: string, password: string) => call<Login>('login', { username, password }),
  logout: () => call<object>('logout', {}),
  getImages: () => call<{ images: Image[] }>('get_images', {}),
  getUserKasms: (userId: string) => call<{ kasms: Kasm[] }>('get_user_kasms', { user_id: userId }),
  requestKasm: (userId: string, imageId: string) =>
    call<RequestedKasm>('request_kasm', { user_id: userId, image_id: imageId }),
  getKasmStatus: (userId: string, kasmId: string, signal?: AbortSignal) =>
    call<KasmStatus>('get_kasm_status', { user_id: userId, kasm_id: kasmId, skip_agent_check: true }, signal),
  destroyKasm: (userId: string, kasmId: string) =>
    call<object>('destroy_kasm', { user_id: userId, kasm_id: kasmId }),
} as const;
