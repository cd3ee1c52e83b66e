export {
  type AdminFile,
  adminFileName,
  type AdminKey,
  type AdminKeyOptions,
  openAdminKey,
  readAdminFile,
} from './admin-key.ts';
export { bindCredential, type CredentialScheme, parseCredential } from './bind-credential.ts';
export { commit, commitmentSaltBytes, createSalt } from './commitment.ts';
export { secretFileName } from './root-secret.ts';
export { type SignerIdentity, toSignerKeyId, verifySignature } from './signing.ts';
export { isSameSecret, randomToken, toTokenShape } from './tokens.ts';
export { type ClientKey, openVault, type Vault, type VaultOptions } from './vault.ts';
