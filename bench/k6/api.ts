/** The few calls of the HTTP API that the scripts make. Each is tagged with its name, so that metrics tell them apart. */
import { sleep } from 'k6';
import http, { type RefinedResponse } from 'k6/http';
import { baseUrl, textOption } from './deployment.ts';

/** What opens a stream. */
export interface SessionAccess {
  readonly sessionId: string;
  /** The session's stream token. */
  readonly token: string;
}

interface Answer {
  readonly error_message?: string;
  readonly token?: string;
  readonly images?: readonly {
    readonly image_id: string;
    readonly name: string;
    readonly friendly_name: string;
  }[];
  readonly kasm_id?: string;
  readonly session_token?: string;
  readonly operational_status?: string;
  readonly operational_message?: string;
}

/** What `GET /desktop/<id>/policy` says, of which the scripts read this. */
export interface PolicyExplanation {
  readonly rules: readonly { readonly key: string; readonly value: unknown }[];
  readonly decisions: readonly {
    readonly type: string;
    readonly direction?: string;
    readonly verdict: string;
    readonly reason: string;
    readonly count: number;
  }[];
}

const pollSeconds = 0.25;

/** @returns the bearer token. @throws Error when the login is refused */
export function logIn(): string {
  const username = textOption('SLUICE_USERNAME', 'user@kasm.local');
  const password = textOption('SLUICE_PASSWORD');
  if (password === '') throw new Error('SLUICE_PASSWORD is not set; -e HELP=1 prints all options');
  const { token } = call('login', { username, password });
  if (token === undefined) throw new Error('the answer to the login has no token');
  return token;
}

/** The image that SLUICE_IMAGE names, or the first one the user may launch. @throws Error when there is none */
export function findImage(login: string): string {
  const { images = [] } = call('get_images', {}, login);
  const wanted = textOption('SLUICE_IMAGE');
  const found = images.find(
    image => wanted === '' || [image.image_id, image.name, image.friendly_name].includes(wanted),
  );
  if (found === undefined) {
    const names = images.map(image => image.name).join(', ') || 'none at all';
    throw new Error(`no image ${wanted}: the user may launch ${names}`);
  }
  return found.image_id;
}

/** Launches a session and waits until its desktop runs. @throws Error when it is refused, fails or takes too long */
export function launchSession(login: string, imageId: string, timeMs: number): SessionAccess {
  const { kasm_id: sessionId, session_token: token } = call('request_kasm', { image_id: imageId }, login);
  if (sessionId === undefined || token === undefined)
    throw new Error('the launch was answered without a session');
  const endMs = Date.now() + timeMs;
  try {
    for (;;) {
      const status = call('get_kasm_status', { kasm_id: sessionId }, login);
      if (status.operational_status === 'running') return { sessionId, token };
      if (Date.now() > endMs) {
        throw new Error(`session ${sessionId} is ${status.operational_status} after ${timeMs} ms`);
      }
      sleep(pollSeconds);
    }
  } catch (error) {
    destroySession(login, sessionId);
    throw error;
  }
}

/** Ends a session and waits until it is gone. @returns whether it is */
export function destroySession(login: string, sessionId: string, timeMs = 30_000): boolean {
  const endMs = Date.now() + timeMs;
  post('destroy_kasm', { kasm_id: sessionId }, login);
  for (;;) {
    // What is waited for: 404, or 409 where the launch had failed.
    const response = post('get_kasm_status', { kasm_id: sessionId }, login, [200, 404, 409]);
    if (response.status === 404 || response.status === 409) return true;
    if (Date.now() > endMs) return false;
    sleep(pollSeconds);
  }
}

/** @throws Error when it is refused */
export function readPolicy({ sessionId, token }: SessionAccess): PolicyExplanation {
  const response = http.get(`${baseUrl}/desktop/${sessionId}/policy`, {
    headers: { Authorization: `Bearer ${token}` },
    tags: { name: 'policy' },
  });
  if (response.status !== 200)
    throw new Error(`the policy was answered ${response.status} ${response.error}`);
  return response.json() as unknown as PolicyExplanation;
}

/** @throws Error with what the API answered, unless that is a success */
function call(name: string, body: object, login?: string): Answer {
  const response = post(name, body, login);
  const answer = readAnswer(response);
  if (response.status === 200 && answer.error_message === undefined) return answer;
  throw new Error(`${name} was answered ${response.status}: ${answer.error_message ?? response.error}`);
}

function post(name: string, body: object, login?: string, expected = [200]): RefinedResponse<'text'> {
  return http.post(`${baseUrl}/api/public/${name}`, JSON.stringify(body), {
    headers: {
      'Content-Type': 'application/json',
      ...(login === undefined ? {} : { Authorization: `Bearer ${login}` }),
    },
    tags: { name },
    responseType: 'text',
    responseCallback: http.expectedStatuses(...expected),
  });
}

function readAnswer(response: RefinedResponse<'text'>): Answer {
  try {
    return response.json() as Answer;
  } catch {
    return {};
  }
}
