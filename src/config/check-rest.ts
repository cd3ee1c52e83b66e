import { limits as defaultLimits } from '../kernel/index.ts';
import type { Report } from './report.ts';
import type { ConfigDocument } from './schema.ts';
import { parseBytes } from './schema-values.ts';

/** A size that the schema has accepted, or the default. */
export function toBytes(value: string | number | undefined, otherwise: number): number {
  return value === undefined ? otherwise : (parseBytes(value) ?? otherwise);
}

/** Checks limits, ledger and listener for what does not fit together. */
export function checkRest(document: ConfigDocument, report: Report): void {
  const one = toBytes(document.limits?.body_bytes, defaultLimits.bodyBytes);
  const all = toBytes(document.limits?.body_bytes_in_flight, defaultLimits.bodyBytesInFlight);
  if (one > all) {
    report.error({
      path: ['limits', document.limits?.body_bytes === undefined ? 'body_bytes_in_flight' : 'body_bytes'],
      text: `Cannot accept one body of ${one} bytes while all together may have ${all}`,
      remedy: 'Make limits.body_bytes_in_flight the larger one, several times over',
    });
  }
  const { host, tls } = document.listen ?? {};
  if (host === undefined || tls !== undefined || isLoopbackHost(host)) return;
  report.warn({
    path: ['listen', 'host'],
    text: `Clients reach "${host}" in clear text, keys included`,
    remedy: 'Add listen.tls, or put a proxy that ends TLS before it',
  });
}

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
