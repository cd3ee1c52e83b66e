import { type ActiveFault, isFaultName, toActiveFault } from './faults.ts';

/** Reads `x-sim-fault: <name>[;delayMs=…][;afterEvents=…][;retryAfterSeconds=…][;bytes=…]`; null when unknown. */
export function readHeaderFault(header: string): ActiveFault | null {
  const [name = '', ...settings] = header.split(';').map((part) => part.trim());
  if (!isFaultName(name)) return null;
  const values: Record<string, number> = {};
  for (const setting of settings) {
    const [field = '', value = ''] = setting.split('=');
    if (/^(?:delayMs|afterEvents|retryAfterSeconds|bytes)$/.test(field) && /^\d{1,9}$/.test(value)) {
      values[field] = Number(value);
    }
  }
  return { ...toActiveFault(name), ...values };
}
