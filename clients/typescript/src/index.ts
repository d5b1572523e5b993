// A typed client of the Coursify API. `createCoursify(address).api` has every operation; types come from openapi.json.

import createClient, { type Client, type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema.js";

export type { components, operations, paths } from "./schema.js";

export type Schemas = components["schemas"];

export type Session = { accessToken: string; refreshToken: string };

/** Where the session is kept between pages; in memory if nothing is given. */
export type SessionStore = { read(): Session | null; write(session: Session | null): void };

export type Options = { store?: SessionStore; fetch?: (request: Request) => Promise<Response>; onSignedOut?: () => void };

export type Coursify = {
  api: Client<paths>;
  session(): Session | null;
  use(session: Session | null): void;
};

const REFRESH = "/api/v1/users/refresh-token";

/**
 * Signs requests with the session, and renews its access token when it has expired: once for all requests that
 * notice it together, and never twice with one refresh token.
 */
export function createCoursify(baseUrl: string, { store = inMemory(), fetch: send = (request) => fetch(request), onSignedOut }: Options = {}): Coursify {
  const plain = createClient<paths>({ baseUrl, fetch: send });
  let renewal: Promise<Session | null> | null = null;

  async function renew(spent: Session): Promise<Session | null> {
    // Another page may have renewed the session already.
    const current = store.read();
    if (current && current.accessToken !== spent.accessToken) return current;
    const { data, response } = await plain.POST(REFRESH, { body: { refreshToken: spent.refreshToken } });
    if (data) {
      store.write({ accessToken: data.data.accessToken, refreshToken: data.data.refreshToken });
    } else if (response.status === 401) {
      store.write(null);
      onSignedOut?.();
    }
    return store.read();
  }

  // The body of a request can be read once, so a copy waits until the answer is there.
  const copies = new WeakMap<Request, { copy: Request; session: Session }>();
  const signing: Middleware = {
    onRequest({ request }) {
      const session = store.read();
      if (!session) return undefined;
      request.headers.set("Authorization", `Bearer ${session.accessToken}`);
      copies.set(request, { copy: request.clone(), session });
      return request;
    },
    async onResponse({ request, response }) {
      const kept = copies.get(request);
      if (response.status !== 401 || !kept || !isAboutTheToken(response)) return undefined;
      renewal ??= renew(kept.session).finally(() => { renewal = null; });
      const renewed = await renewal;
      if (!renewed || renewed.accessToken === kept.session.accessToken) return undefined;
      kept.copy.headers.set("Authorization", `Bearer ${renewed.accessToken}`);
      return send(kept.copy);
    },
  };

  const api = createClient<paths>({ baseUrl, fetch: send });
  api.use(signing);
  return { api, session: () => store.read(), use: (session) => store.write(session) };
}

/** A wrong password is 401 as well, without `invalid_token`. */
function isAboutTheToken(response: Response): boolean {
  return response.headers.get("WWW-Authenticate")?.startsWith("Bearer") ?? false;
}

function inMemory(): SessionStore {
  let kept: Session | null = null;
  return { read: () => kept, write: (session) => { kept = session; } };
}

/** A key for a POST: send the same one again when the same request is repeated. */
export function idempotencyKey(): string {
  // `randomUUID` exists on https and localhost alone; this works everywhere.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

type Answer<Body, Fault> =
  | { data: Body; error?: never; response: Response }
  | { data?: never; error: Fault; response: Response };
type FaultBody = { message: string; error: { code: string; details: unknown[]; requestId: string } };

/** What `take` throws. `code` is one of the operation's codes. */
export class CoursifyError<Code extends string = string> extends Error {
  constructor(readonly status: number, readonly code: Code, message: string, readonly details: unknown[], readonly requestId: string) {
    super(message);
    this.name = "CoursifyError";
  }
}

/** The body of a success; a failure is thrown as CoursifyError. */
export async function take<Body, Fault extends FaultBody>(call: Promise<Answer<Body, Fault>>): Promise<NonNullable<Body>> {
  const { data, error, response } = await call;
  if (error !== undefined) {
    if (typeof error !== "object" || !error.error) throw new CoursifyError(response.status, "unreadable", "The server did not answer as expected.", [], "");
    throw new CoursifyError(response.status, error.error.code, error.message, error.error.details, error.error.requestId);
  }
  if (data === undefined || data === null) throw new CoursifyError(response.status, "empty", "The answer is empty.", [], "");
  return data;
}
