import { type FaultName, type FaultRule, isFaultName } from './faults.ts';

const numbers = /^(?:skip|first|every|delayMs|afterEvents|retryAfterSeconds|bytes)$/;

function parseSetting(setting: string): readonly [string, string | number | boolean] | null {
  const [field = '', value = ''] = setting.split('=', 2).map((part) => part.trim());
  if (numbers.test(field) && /^\d{1,9}$/.test(value)) return [field, Number(value)];
  if (field === 'share' && /^(?:0(?:\.\d+)?|1)$/.test(value)) return [field, Number(value)];
  if (field === 'stream' && /^(?:true|false)$/.test(value)) return [field, value === 'true'];
  return (field === 'model' || field === 'dialect') && value !== '' ? [field, value] : null;
}

/**
 * Reads a fault as it is written on the command line and in `x-sim-fault`: a name, then settings, as in
 * `429;every=5;retryAfterSeconds=1`. Returns a sentence that says what is wrong, or the rule.
 */
export function parseFault(text: string): FaultRule | string {
  const [name = '', ...settings] = text.split(';').map((part) => part.trim());
  if (!isFaultName(name)) return `Cannot use fault "${name}": there is none of that name`;
  const rule: { fault: FaultName; [setting: string]: unknown } = { fault: name };
  for (const setting of settings) {
    const read = parseSetting(setting);
    if (read === null) return `Cannot use setting "${setting}" of fault "${name}": write name=value`;
    rule[read[0]] = read[1];
  }
  return rule;
}
