import type { Principal } from '../kernel/index.ts';
import type { Snapshot } from '../routing/index.ts';

function toRouteNames(snapshot: Snapshot, principal: Principal): readonly string[] {
  const all = [...snapshot.routes.keys()].toSorted();
  const { routes } = principal;
  return routes === null ? all : all.filter((name) => routes.includes(name));
}

/** The routes of a key as a model list: Anthropic's shape when the client speaks Anthropic, else OpenAI's. */
export function toModelsList(snapshot: Snapshot, principal: Principal, anthropic: boolean): string {
  const names = toRouteNames(snapshot, principal);
  if (anthropic) {
    const data = names.map((name) => ({
      type: 'model',
      id: name,
      display_name: name,
      created_at: toServedAt(snapshot, name).toISOString(),
    }));
    return JSON.stringify({
      data,
      has_more: false,
      first_id: names[0] ?? null,
      last_id: names[names.length - 1] ?? null,
    });
  }
  const data = names.map((name) => ({
    id: name,
    object: 'model',
    created: Math.floor(toServedAt(snapshot, name).getTime() / 1000),
    owned_by: 'changeover',
  }));
  return JSON.stringify({ object: 'list', data });
}

function toServedAt(snapshot: Snapshot, route: string): Date {
  return new Date(snapshot.serving.get(route)?.at ?? 0);
}
