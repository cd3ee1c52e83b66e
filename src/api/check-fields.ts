import type { z } from 'zod';
import { failure, type Result, success } from '../kernel/index.ts';

/** Limit: how much of a name that a client made up is repeated to it. */
const shownNameLength = 80;

function toFieldName(path: readonly PropertyKey[]): string {
  let name = '';
  for (const part of path) {
    if (typeof part === 'number') name += `[${part}]`;
    else name += name === '' ? String(part) : `.${String(part)}`;
  }
  return name.slice(0, shownNameLength);
}

const units: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };

function toReason(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.message.endsWith('undefined')
        ? 'is missing'
        : `must be of type ${issue.expected}`;
    case 'too_big':
      return `must be at most ${String(issue.maximum)}${units[issue.origin] ?? ''}`;
    case 'too_small':
      return issue.inclusive === false
        ? `must be more than ${String(issue.minimum)}${units[issue.origin] ?? ''}`
        : `must be at least ${String(issue.minimum)}${units[issue.origin] ?? ''}`;
    case 'invalid_value':
      // The list of failure codes is long; a page of names helps nobody to see which field is meant.
      return issue.values.length > 12
        ? 'must be one of the documented values'
        : `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return issue.message.startsWith('must ') ? issue.message : 'has the wrong form';
    case 'custom':
      return issue.message;
    case 'invalid_union':
    case 'invalid_element':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      break;
  }
  return 'has the wrong form';
}

/** Checks outside data against a schema; the failure names the first field that does not fit. */
export function checkFields(schema: z.ZodType, data: unknown): Result<unknown> {
  const checked = schema.safeParse(data);
  if (checked.success) return success(checked.data);
  const issue = checked.error.issues[0];
  if (issue === undefined) return failure('CHG_FIELD_INVALID', { field: 'the body', reason: 'is wrong' });
  if (issue.code === 'unrecognized_keys') {
    const field = toFieldName([...issue.path, issue.keys[0] ?? '']);
    return failure('CHG_FIELD_INVALID', { field: `"${field}"`, reason: 'is not known here' });
  }
  return failure('CHG_FIELD_INVALID', { field: `"${toFieldName(issue.path)}"`, reason: toReason(issue) });
}
