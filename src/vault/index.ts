export { type AdminFile, type AdminKey, type AdminKeyOptions, openAdminKey } from './admin-key.ts';
export { bindCredential, type CredentialScheme, parseCredential } from './bind-credential.ts';
export { type SignerIdentity, toSignerKeyId, verifySignature } from './signing.ts';
export { type ClientKey, openVault, type Vault, type VaultOptions } from './vault.ts';
