import { type Random, type Result, type Secret, success } from '../kernel/index.ts';
import { createFastHmac } from './fast-hmac.ts';
import { readRootSecret, type RootSecret } from './root-secret.ts';
import { openSealed, sealBytes } from './sealing.ts';
import { createSigner, type SignerIdentity } from './signing.ts';
import { createSubkeys, type Subkey } from './subkeys.ts';
import { createClientToken, toHint } from './tokens.ts';
import { vaultFailure } from './vault-failure.ts';

/** A new client key. `token` is shown once and never kept; `hash` and `hint` go into its `KeyRecord`. */
export interface ClientKey {
  readonly token: string;
  readonly hash: string;
  readonly hint: string;
}

export interface VaultOptions {
  /** The data folder; made with mode 0700 when it is not there. */
  readonly folder: string;
  /** CHANGEOVER_SECRET. Without it the folder's 0600 file `secret.key` holds the root secret. */
  readonly secret?: Secret;
  /**
   * False when the folder already holds data: then a missing file is a failure that says so, instead of a
   * fresh secret that fits nothing. Default true.
   */
  readonly mayCreate?: boolean;
}

/**
 * All keys of one data folder, each derived for one purpose from one root secret. Synchronous, holds no files
 * open.
 */
export interface Vault {
  readonly source: 'environment' | 'file';
  /** Sentences for the log at start, e.g. that others may read the secret file. */
  readonly warnings: readonly string[];
  /** HMAC-SHA256 in lower-case hex; how client keys are looked up. */
  hashKey(token: string): string;
  createClientKey(random: Random): ClientKey;
  /**
   * AES-256-GCM. `purpose` (a lower-case word) chooses the subkey; `context` says where the value belongs,
   * e.g. a row's id, so that it does not open anywhere else.
   */
  seal(purpose: string, context: string, plaintext: Uint8Array): Uint8Array;
  open(purpose: string, context: string, sealed: Uint8Array): Result<Uint8Array>;
  /** Ed25519, for checkpoints and certificates; `verifySignature` checks it with the public key alone. */
  sign(bytes: Uint8Array): Uint8Array;
  readonly signer: SignerIdentity;
  /** A text to keep beside the data; `checkCanary` fails under any other secret. */
  makeCanary(): string;
  checkCanary(canary: string): Result<null>;
}

const canaryText = 'changeover canary 1';

/** A purpose is a word of ours; free text here would mean that somebody mixed it up with the context. */
const purposeWord = /^[a-z][a-z0-9-]{0,31}$/;

function toSealKey(subkeys: (purpose: string) => Subkey, purpose: string): Subkey {
  if (!purposeWord.test(purpose)) throw new TypeError(`Cannot seal for "${purpose}": not a word`);
  return subkeys(`seal/${purpose}`);
}

function createVault(root: RootSecret): Vault {
  const subkeys = createSubkeys(root.bytes);
  const hashKey = createFastHmac(subkeys('client-key').bytes);
  const signer = createSigner(subkeys('sign').bytes);
  const canaryKey = subkeys('canary');
  return {
    source: root.source,
    warnings: root.warnings,
    hashKey,
    createClientKey: (random) => {
      const token = createClientToken(random);
      return { token, hash: hashKey(token), hint: toHint(token) };
    },
    seal: (purpose, context, plaintext) => sealBytes(toSealKey(subkeys, purpose), context, plaintext),
    open: (purpose, context, sealed) => openSealed(toSealKey(subkeys, purpose), context, sealed),
    sign: (bytes) => signer.sign(bytes),
    signer: signer.identity,
    makeCanary: () => Buffer.from(sealBytes(canaryKey, '', Buffer.from(canaryText))).toString('base64url'),
    checkCanary: (canary) => {
      const opened = openSealed(canaryKey, '', Buffer.from(canary, 'base64url'));
      if (opened.ok && Buffer.from(opened.value).toString() === canaryText) return success(null);
      const place = root.source === 'file' ? 'secret.key of the data folder' : 'CHANGEOVER_SECRET';
      return vaultFailure(
        `the secret in ${place} is not the one that this data was written with; put that one back`,
      );
    },
  };
}

/**
 * Opens the vault of a data folder. Fails with a sentence that says what to do; never with the secret in it.
 */
export function openVault(options: VaultOptions): Result<Vault> {
  const { folder, secret, mayCreate = true } = options;
  const root = readRootSecret({ folder, secret, mayCreate });
  return root.ok ? success(createVault(root.value)) : root;
}
