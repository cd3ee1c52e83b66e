import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { EndpointTls } from '../catalog/index.ts';
import { Secret } from '../kernel/index.ts';
import { isHeaderValue, parseKeyReference } from './key-reference.ts';
import type { Path } from './read-yaml.ts';
import type { Report } from './report.ts';
import type { CredentialSource } from './settings.ts';

/** What `toSettings` may ask of the world around it. */
export interface SettingsSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a text file; paths are as written, relative ones are meant from the configuration's folder. Throws. */
  readFile(path: string): string;
  /** URLs of running simulators by profile name, e.g. `sim-openai`; absent ones cannot be called. */
  readonly simulators: Readonly<Record<string, string>>;
}

/** Reads files and variables for one `toSettings`, and remembers which files. */
export interface SourceReader {
  readonly files: readonly string[];
  toCredential(path: Path, reference: string): CredentialSource;
  toTls(path: Path, tls: TlsFiles): EndpointTls;
}

interface TlsFiles {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Creates a reader whose problems go to the report. */
export function createSourceReader(sources: SettingsSources, report: Report): SourceReader {
  const files = new Set<string>();
  function readPem(path: Path, file: string | undefined, check: (pem: string) => void): string | null {
    if (file === undefined) return null;
    files.add(file);
    let pem: string;
    try {
      pem = sources.readFile(file);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException | null)?.code ?? String(error);
      report.error({
        path,
        text: `Cannot read file "${file}": ${code}`,
        remedy: 'Check path and rights; relative paths begin at the folder of the configuration',
      });
      return null;
    }
    try {
      check(pem);
      return pem;
    } catch (error) {
      // The library's words stay out: they may show a piece of what was read.
      const what = error instanceof MismatchError ? error.message : 'it is not PEM of the expected kind';
      report.error({
        path,
        text: `Cannot use file "${file}": ${what}`,
        remedy: 'Give a PEM file: "ca" and "cert" with certificates, "key" with an unencrypted private key',
      });
      return null;
    }
  }
  return {
    get files() {
      return [...files];
    },
    toCredential: (path, reference) => toCredential(sources, report, { path, reference }),
    toTls(path, tls) {
      const ca = readPem([...path, 'ca'], tls.ca, checkCertificates);
      const certificate = readPem([...path, 'cert'], tls.cert, checkCertificates);
      const key = readPem([...path, 'key'], tls.key, (pem) => checkKey(pem, certificate));
      return { ca, certificate, key };
    },
  };
}

class MismatchError extends Error {}

/** Limit: certificates in one file; system bundles have some 150. */
const certificatesMax = 500;

function checkCertificates(pem: string): void {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new MismatchError('it holds no certificate');
  if (blocks.length > certificatesMax) throw new MismatchError(`it holds ${blocks.length} certificates`);
  for (const block of blocks) void new X509Certificate(block);
}

function checkKey(pem: string, certificate: string | null): void {
  const key = createPrivateKey(pem);
  if (certificate === null) return;
  if (!new X509Certificate(certificate).checkPrivateKey(key)) {
    throw new MismatchError('the private key does not belong to the certificate');
  }
}

function toCredential(
  sources: SettingsSources,
  report: Report,
  { path, reference }: { readonly path: Path; readonly reference: string },
): CredentialSource {
  const parsed = parseKeyReference(reference);
  if (parsed.kind === 'wrong') throw new Error(`Cannot resolve a key that was not checked: ${parsed.text}`);
  if (parsed.kind === 'literal') return { kind: 'literal', secret: new Secret(reference) };
  if (parsed.kind === 'store') return parsed;
  // Files read with $(cat …) and editors leave a line break at the end.
  const value = sources.env[parsed.name]?.trim() ?? '';
  if (value === '') {
    report.warn({
      path,
      text: `Environment variable "${parsed.name}" is not set, so this endpoint cannot be called`,
      remedy: `Set ${parsed.name} and start again`,
    });
    return { kind: 'env', name: parsed.name, secret: null };
  }
  if (isHeaderValue(value)) return { kind: 'env', name: parsed.name, secret: new Secret(value) };
  report.error({
    path,
    text: `Cannot use environment variable "${parsed.name}": a header cannot carry its value`,
    remedy: 'Set it to the key alone, without quotes, blanks or line breaks inside',
  });
  return { kind: 'env', name: parsed.name, secret: null };
}
