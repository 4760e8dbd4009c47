const RESPONSE_WITHIN_MS = 35_000;

// Relative to this page, whatever stage or path prefix it is served below. Links in responses are not followed: behind
// a proxy they may name another host, which must not get the token.
const API = new URL('../api/v1', location.origin + location.pathname.replace(/\/+$/, '')).href;

/** A call that did not succeed. Its `reason` is `unreachable`, `unreadable` or `refused`. */
class Failure extends Error {
  constructor(reason, details = {}) {
    super(reason);
    Object.assign(this, { reason, status: 0, json: {}, requestId: '', retryAfter: '' }, details);
  }
}

/**
 * Calls the API. Returns the response's JSON object, and when the token expires (`null` if the response does not say).
 * Rejects with a Failure, or with the abort's reason if `signal` was aborted.
 */
async function call(path, { token, signal, method = 'GET', body }) {
  const limit = new AbortController();
  const abort = () => limit.abort();
  const timer = setTimeout(abort, RESPONSE_WITHIN_MS);
  signal.addEventListener('abort', abort);
  let response;
  let raw;
  try {
    signal.throwIfAborted();
    response = await fetch(API + path, {
      method,
      headers: {
        Accept: 'application/json',
        Authorization: `Bearer ${token}`,
        ...(body && { 'Content-Type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: limit.signal,
    });
    raw = await response.text();
    signal.throwIfAborted();
  } catch {
    signal.throwIfAborted();
    throw new Failure('unreachable');
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
  let json = null;
  try {
    json = JSON.parse(raw);
  } catch {
    // `json` stays null, which is reported below.
  }
  const details = {
    status: response.status,
    requestId: text(json?.request_id) || text(response.headers.get('X-Request-Id')),
    retryAfter: text(response.headers.get('Retry-After')),
  };
  if (!isObject(json)) {
    throw new Failure('unreadable', details);
  }
  if (!response.ok) {
    throw new Failure('refused', { ...details, json });
  }
  return { json, tokenExpiresAt: response.headers.get('X-Token-Expires-At') };
}
