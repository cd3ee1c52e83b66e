import { failure, Secret } from '../../kernel/index.ts';
import type { ConfigCheck, ControlPlane } from '../control-plane.ts';
import {
  backup,
  config,
  configBody,
  configCheck,
  configCheckBody,
  configVersionList,
  limitQuery,
  secretBody,
  secretList,
  session,
  sessionBody,
  status,
} from '../schemas/server.ts';
import type { ConfigCheckView, ConfigView } from '../contract.ts';
import { toLedgerView } from '../views/to-ledger.ts';
import { defineOperation, json } from './operation.ts';

function toCheckView({ hash, problems }: ConfigCheck): ConfigCheckView {
  const ok = problems.every((problem) => problem.severity !== 'error');
  return { ok, hash, problems: problems.map((problem) => ({ ...problem })) };
}

function toConfigView(controlPlane: ControlPlane): ConfigView {
  const { hash, source, text, values, warnings } = controlPlane.config();
  return {
    hash,
    source,
    readOnly: source.kind === 'file',
    text,
    values: values.map(({ path, value, origin, line }) => ({ path, value, origin, line })),
    warnings: warnings.map((warning) => ({ ...warning })),
  };
}

const showStatus = defineOperation({
  id: 'showStatus',
  method: 'GET',
  path: '/api/status',
  summary: 'Shows what this process is and does now',
  access: 'admin',
  query: null,
  body: null,
  answer: { status: 200, description: 'The status', schema: status },
  failures: [],
  async handle(_input, { controlPlane }) {
    const { hash, source, warnings } = controlPlane.config();
    return json({
      ...controlPlane.state(),
      config: { hash, source, warnings },
      ledger: toLedgerView(controlPlane.ledger),
    });
  },
});

const showConfig = defineOperation({
  id: 'showConfig',
  method: 'GET',
  path: '/api/config',
  summary: 'Shows the applied configuration, masked, and where each value comes from',
  access: 'admin',
  query: null,
  body: null,
  answer: { status: 200, description: 'The configuration', schema: config },
  failures: [],
  async handle(_input, { controlPlane }) {
    return json(toConfigView(controlPlane));
  },
});

const applyConfig = defineOperation({
  id: 'applyConfig',
  method: 'PUT',
  path: '/api/config',
  summary: 'Applies a whole document, unless a file rules; one with errors changes nothing',
  access: 'admin',
  query: null,
  body: configBody,
  answer: { status: 200, description: 'What was applied', schema: configCheck },
  failures: ['CHG_CONFIG_READ_ONLY', 'CHG_CONFIG_CONFLICT', 'CHG_CONFIG_INVALID'],
  async handle({ body }, { controlPlane, actor }) {
    const applied = await controlPlane.applyConfig({
      text: body.text,
      expectedVersion: body.expectedVersion ?? null,
      actor,
    });
    return applied.ok ? json(toCheckView(applied.value)) : applied;
  },
});

const checkConfig = defineOperation({
  id: 'checkConfig',
  method: 'POST',
  path: '/api/config/check',
  summary: 'Says what is wrong with a document and changes nothing',
  access: 'admin',
  query: null,
  body: configCheckBody,
  answer: { status: 200, description: 'What was found', schema: configCheck },
  failures: [],
  async handle({ body }, { controlPlane }) {
    return json(toCheckView(await controlPlane.checkConfig(body.text)));
  },
});

const listConfigVersions = defineOperation({
  id: 'listConfigVersions',
  method: 'GET',
  path: '/api/config/versions',
  summary: 'Lists the configurations that were applied, newest first',
  access: 'admin',
  query: limitQuery,
  body: null,
  answer: { status: 200, description: 'The newest versions', schema: configVersionList },
  failures: [],
  async handle({ query }, { controlPlane }) {
    const listed = await controlPlane.listConfigs(query.limit);
    if (!listed.ok) return listed;
    const versions = listed.value.map(({ version, hash, source, actor, at }) => ({
      version,
      hash,
      source,
      actor,
      at,
    }));
    return json({ versions });
  },
});

const listSecrets = defineOperation({
  id: 'listSecrets',
  method: 'GET',
  path: '/api/secrets',
  summary: 'Lists the names of stored secrets',
  access: 'admin',
  query: null,
  body: null,
  answer: { status: 200, description: 'Names only', schema: secretList },
  failures: [],
  async handle(_input, { controlPlane }) {
    const names = await controlPlane.listSecretNames();
    return names.ok ? json({ secrets: names.value }) : names;
  },
});

function checkSecretName(name: string) {
  if (/^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/.test(name)) return null;
  const reason = 'must be letters, digits, dots, slashes, hyphens or underscores';
  return failure('CHG_FIELD_INVALID', { field: "the secret's name", reason });
}

const putSecret = defineOperation({
  id: 'putSecret',
  method: 'PUT',
  path: '/api/secrets/{name}',
  summary: 'Keeps a secret, encrypted; it is never shown again',
  access: 'admin',
  query: null,
  body: secretBody,
  answer: { status: 200, description: 'Names only', schema: secretList },
  failures: [],
  async handle({ path, body }, { controlPlane, actor }) {
    const wrongName = checkSecretName(path.name);
    if (wrongName !== null) return wrongName;
    const put = await controlPlane.putSecret(path.name, new Secret(body.value), actor);
    if (!put.ok) return put;
    const names = await controlPlane.listSecretNames();
    return names.ok ? json({ secrets: names.value }) : names;
  },
});

const removeSecret = defineOperation({
  id: 'removeSecret',
  method: 'DELETE',
  path: '/api/secrets/{name}',
  summary: 'Removes a stored secret',
  access: 'admin',
  query: null,
  body: null,
  answer: { status: 200, description: 'Names that are left', schema: secretList },
  failures: ['CHG_NOT_FOUND', 'CHG_CONFIG_INVALID'],
  async handle({ path }, { controlPlane, actor }) {
    const removed = await controlPlane.removeSecret(path.name, actor);
    if (!removed.ok) return removed;
    const names = await controlPlane.listSecretNames();
    return names.ok ? json({ secrets: names.value }) : names;
  },
});

const makeBackup = defineOperation({
  id: 'backup',
  method: 'POST',
  path: '/api/backup',
  summary: 'Copies state and ledger into a new folder of the data folder; the key file is left out',
  access: 'admin',
  query: null,
  body: null,
  answer: { status: 200, description: 'Where it lies', schema: backup },
  failures: [],
  async handle(_input, { controlPlane, actor }) {
    const made = await controlPlane.backup(actor);
    return made.ok ? json(made.value) : made;
  },
});

const openSession = defineOperation({
  id: 'openSession',
  method: 'POST',
  path: '/api/session',
  summary: 'Exchanges a one-time token or the admin key for a bearer that ends by itself after 12 hours',
  access: 'public',
  query: null,
  body: sessionBody,
  answer: { status: 200, description: 'The bearer', schema: session },
  failures: ['CHG_ADMIN_REQUIRED', 'CHG_ADMIN_THROTTLED'],
  async handle({ body: { token, adminKey } }, { sessions, isAdminKey }) {
    if ((token === undefined) === (adminKey === undefined)) {
      return failure('CHG_FIELD_INVALID', {
        field: '"token"',
        reason: 'or "adminKey" must be given, and only one',
      });
    }
    if (token !== undefined) {
      const opened = sessions.spendLink(token);
      return opened === null ? failure('CHG_ADMIN_REQUIRED') : json(opened);
    }
    return isAdminKey(adminKey ?? '') ? json(sessions.open()) : failure('CHG_ADMIN_REQUIRED');
  },
});

export const serverOperations = [
  showStatus,
  showConfig,
  applyConfig,
  checkConfig,
  listConfigVersions,
  listSecrets,
  putSecret,
  removeSecret,
  makeBackup,
  openSession,
];
