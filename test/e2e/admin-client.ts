import type { GatewayProcess } from '../gateway-process/start-gateway.ts';

/** What an answer of the admin API says. */
export interface AdminAnswer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** Calls the admin API with the admin key. */
export async function askAdmin<Body>(
  gateway: Pick<GatewayProcess, 'url' | 'adminKey'>,
  request: string,
  body?: object,
): Promise<AdminAnswer<Body>> {
  const [method = 'GET', path = '/'] = request.split(' ');
  const answer = await fetch(`${gateway.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${gateway.adminKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as Body };
}

/** Creates a client key and returns it. */
export async function createKey(
  gateway: Pick<GatewayProcess, 'url' | 'adminKey'>,
  fields: object = {},
): Promise<{ id: string; key: string }> {
  const made = await askAdmin<{ id: string; key: string }>(gateway, 'POST /api/keys', {
    name: 'test',
    ...fields,
  });
  if (made.status >= 300) throw new Error(`Cannot create a key: ${JSON.stringify(made.body)}`);
  return made.body;
}

/** One chat call; returns status, the offer that answered, and the text. */
export async function callChat(
  gateway: Pick<GatewayProcess, 'url'>,
  key: string,
  fields: object = {},
): Promise<{ status: number; offer: string | null; text: string }> {
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'support', messages: [{ role: 'user', content: 'Hello' }], ...fields }),
  });
  return {
    status: answer.status,
    offer: answer.headers.get('x-changeover-offer'),
    text: await answer.text(),
  };
}

/** Asks again until `isDone`, bounded in time; for things that happen in the background. */
export async function waitFor<Value>(
  ask: () => Promise<Value>,
  isDone: (value: Value) => boolean,
): Promise<Value> {
  const until = performance.now() + 15_000;
  for (;;) {
    const value = await ask();
    if (isDone(value)) return value;
    if (performance.now() > until) throw new Error(`Still not done: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
