import type { SimVendor } from './types.ts';

const owners: Readonly<Record<SimVendor, string>> = {
  openai: 'system',
  anthropic: 'anthropic',
  deepseek: 'deepseek',
  qwen: 'system',
  glm: 'z-ai',
};

/** The model list in the shape of the dialect that asks. */
export function toModelList(vendor: SimVendor, models: readonly string[], isMessages: boolean): object {
  if (isMessages) {
    const data = models.map((id) => ({
      type: 'model',
      id,
      display_name: id,
      created_at: '2026-01-01T00:00:00Z',
    }));
    return { data, has_more: false, first_id: models[0] ?? null, last_id: models.at(-1) ?? null };
  }
  const data = models.map((id) => ({
    id,
    object: 'model',
    created: 1_767_225_600,
    owned_by: owners[vendor],
  }));
  return { object: 'list', data };
}
