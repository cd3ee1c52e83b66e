// Signing in: a one-time token from the address bar, or the admin key, is exchanged for a session that the
// browser tab keeps and that ends by itself. The admin key itself is never kept.

const place = 'changeover-session';

/** The session of this tab, or null. */
export function readSession() {
  return sessionStorage.getItem(place);
}

export function endSession() {
  sessionStorage.removeItem(place);
}

/** Asks the API; the answer is `{status, body}`, and a server that cannot be reached has status 0. */
export async function ask(method, path, body) {
  const session = readSession();
  try {
    const response = await fetch(path, {
      method,
      headers: {
        ...(session === null ? {} : { authorization: `Bearer ${session}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      cache: 'no-store',
      credentials: 'omit',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  } catch {
    // The server is down or restarting; the caller says so and asks again.
    return { status: 0, body: null };
  }
}

/** Opens a session with `{token}` or `{adminKey}`. */
export async function openSession(proof) {
  const { status, body } = await ask('POST', '/api/session', proof);
  if (status === 200) sessionStorage.setItem(place, body.session);
  return status;
}

/** Takes the one-time token out of the address bar, where it would stay in the history. */
export function takeLinkToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token !== null) history.replaceState(null, '', location.pathname + location.search);
  return token;
}
