// One way to the server: problem details become ApiError, the instant that is looked at goes along with every
// reading, saves carry an idempotency key, and a session that has ended is mended without losing the request.
import { asOfNow } from './as_of';

export interface Problem {
  title: string;
  status: number;
  code: string;
  detail?: string;
  field?: string;
  row?: number;
  request?: string;
  /** 412: what was sent, and the record as it is now. */
  yours?: Record<string, unknown>;
  current?: Record<string, unknown>;
}

export class ApiError extends Error {
  readonly problem: Problem;
  readonly retryAfter: number;
  constructor(problem: Problem, retryAfter = 0) {
    super(problem.detail || problem.title);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
  get status() {
    return this.problem.status;
  }
  get code() {
    return this.problem.code;
  }
  /** Not answered at all: the network or the server is away. */
  get isOffline() {
    return this.problem.status === 0;
  }
}

export type ParamValue = string | number | boolean | null | undefined;
export type Params = Record<string, ParamValue>;

export interface Ask {
  params?: Params;
  /** Already encoded "field=op.value&..." put in front of params. */
  filter?: string;
  body?: unknown;
  ifMatch?: number;
  /** Repeats with one key are done once. Writes get a fresh one of their own. */
  key?: string;
  signal?: AbortSignal;
  /** Never as of the instant that is looked at: sign-in, settings, the log. */
  now?: boolean;
  /** A 401 is an answer here, not the end of the session. */
  open?: boolean;
}

export interface Answer<T> {
  data: T;
  seq: number;
  etag: string | null;
  status: number;
}

const BASE = '/api/v1';
let lastWrite = { seq: 0, at: 0 };
let onExpired: (() => Promise<void>) | null = null;
let onReach: ((isThere: boolean) => void) | null = null;

/** What to do when the session has ended: resolves when somebody has signed in again. */
export function setExpiredHandler(handler: (() => Promise<void>) | null) {
  onExpired = handler;
}

/** Told after every request whether the server was there. */
export function setReachHandler(handler: (isThere: boolean) => void) {
  onReach = handler;
}

export function newKey(): string {
  return crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}`;
}

export function url(path: string, ask: Ask = {}, isRead = true): string {
  const parts: string[] = [];
  if (ask.filter) parts.push(ask.filter);
  for (const [name, value] of Object.entries(ask.params ?? {}))
    if (value !== undefined && value !== null && value !== '')
      parts.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  const instant = asOfNow();
  if (isRead && instant && !ask.now) parts.push(`as_of=${encodeURIComponent(instant)}`);
  return `${BASE}${path}${parts.length ? `?${parts.join('&')}` : ''}`;
}

function offline(): ApiError {
  return new ApiError({ title: 'The server cannot be reached', status: 0, code: 'OFFLINE' });
}

async function readProblem(reply: Response): Promise<ApiError> {
  const retry = Number(reply.headers.get('Retry-After') ?? 0);
  let problem: Partial<Problem> = {};
  try {
    problem = (await reply.json()) as Partial<Problem>;
  } catch {
    // Not ours (a proxy's page): the status has to do.
  }
  return new ApiError({ title: reply.statusText, code: `HTTP_${reply.status}`, ...problem, status: reply.status }, retry);
}

function headersOf(method: string, ask: Ask): Headers {
  const headers = new Headers({ Accept: 'application/json' });
  if (ask.body !== undefined && !(ask.body instanceof Blob)) headers.set('Content-Type', 'application/json');
  if (ask.ifMatch !== undefined) headers.set('If-Match', `"${ask.ifMatch}"`);
  if (method !== 'GET') headers.set('Idempotency-Key', ask.key ?? newKey());
  else if (lastWrite.seq && Date.now() - lastWrite.at < 10_000) headers.set('Coxswain-After', String(lastWrite.seq));
  return headers;
}

function bodyOf(ask: Ask): BodyInit | undefined {
  if (ask.body === undefined) return undefined;
  return ask.body instanceof Blob ? ask.body : JSON.stringify(ask.body);
}

async function once(method: string, address: string, headers: Headers, ask: Ask): Promise<Response> {
  try {
    const reply = await fetch(address, { method, headers, body: bodyOf(ask), signal: ask.signal, credentials: 'same-origin' });
    onReach?.(true);
    return reply;
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e;
    onReach?.(false);
    throw offline();
  }
}

export async function call<T>(method: string, path: string, ask: Ask = {}): Promise<Answer<T>> {
  const isRead = method === 'GET';
  const address = url(path, ask, isRead);
  const headers = headersOf(method, ask);
  let reply = await once(method, address, headers, ask);
  if (reply.status === 401 && !ask.open && onExpired) {
    await onExpired();
    reply = await once(method, address, headers, ask);
  }
  if (!reply.ok) throw await readProblem(reply);
  const seq = Number(reply.headers.get('Coxswain-Seq') ?? 0);
  if (!isRead && seq) lastWrite = { seq, at: Date.now() };
  const isJson = (reply.headers.get('Content-Type') ?? '').includes('json');
  const data = (reply.status === 204 ? undefined : isJson ? await reply.json() : await reply.text()) as T;
  return { data, seq, etag: reply.headers.get('ETag'), status: reply.status };
}

export const get = <T>(path: string, ask?: Ask) => call<T>('GET', path, ask).then((a) => a.data);
/** Without a body an empty object is sent; null sends none at all, for routes that take none. */
export const post = <T>(path: string, body?: unknown, ask?: Ask) => call<T>('POST', path, { ...ask, body: body === null ? undefined : (body ?? {}) });
export const patch = <T>(path: string, body: unknown, ask?: Ask) => call<T>('PATCH', path, { ...ask, body });
export const put = <T>(path: string, body: unknown, ask?: Ask) => call<T>('PUT', path, { ...ask, body });
export const remove = <T = void>(path: string, ask?: Ask) => call<T>('DELETE', path, ask);
