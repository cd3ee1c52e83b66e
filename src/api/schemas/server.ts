import { z } from 'zod';
import { anyName, instant, instantText, named, oneLine, pageQuery } from './named.ts';

const problem = named(
  'ConfigProblem',
  'One place where a configuration is wrong, or risky (a warning).',
  z.strictObject({
    severity: z.enum(['error', 'warning']),
    file: z.string(),
    position: z.strictObject({ line: z.int(), column: z.int() }).nullable(),
    path: z.string(),
    text: z.string(),
    remedy: z.string(),
  }),
);

const source = named(
  'ConfigSource',
  'Where the applied configuration comes from.',
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('file'), file: z.string() }),
    z.strictObject({ kind: z.literal('store'), version: z.int() }),
    z.strictObject({ kind: z.literal('built-in') }),
  ]),
);

export const ledger = named(
  'Ledger',
  'How the ledger keeps up.',
  z.strictObject({
    durability: z.enum(['batch', 'strict']),
    pressure: z.enum(['normal', 'shedding', 'behind']),
    queuedRows: z.int(),
    queuedBodyBytes: z.int(),
    lagMs: z.number().describe('Age of the oldest row that is not yet on disk'),
    committedRows: z.int().describe('Since this process started'),
    commits: z.int(),
    shedBodies: z.int().describe('Calls whose bodies were dropped by a long queue'),
    gapCalls: z.int().describe('Calls served but not recorded; a gap event holds their count'),
    duplicates: z.int(),
    writerRestarts: z.int(),
    writeError: z.string().nullable().describe('What keeps the ledger from writing'),
    upkeepError: z.string().nullable().describe('What keeps it from pruning or signing'),
    interrupted: z.int().describe('Calls that ran when the process before this one ended'),
    rows: z.int().nullable().describe('Null = not yet known'),
    fileBytes: z.int(),
    lastCheckpointAt: instant.nullable(),
    durableLagMsP50: z.number().nullable(),
    durableLagMsP99: z.number().nullable(),
  }),
);

export const status = named(
  'Status',
  'What this process is and does now.',
  z.strictObject({
    version: z.string(),
    startedAt: instant,
    uptimeMs: z.number(),
    simulated: z.boolean().describe('True when only built-in simulated endpoints answer'),
    dataFolder: z.string(),
    listeners: z.array(z.strictObject({ name: z.string(), url: z.string() })),
    inFlight: z.int(),
    config: z.strictObject({ hash: z.string(), source, warnings: z.array(problem) }),
    ledger,
  }),
);

export const config = named(
  'Config',
  'The applied configuration with all secrets masked, and where each value comes from.',
  z.strictObject({
    hash: z.string(),
    source,
    readOnly: z.boolean(),
    text: z.string(),
    values: z.array(
      z.strictObject({
        path: z.string(),
        value: z.string(),
        origin: z.enum(['file', 'stored', 'discovered', 'profile', 'default', 'environment']),
        line: z.int().nullable(),
      }),
    ),
    warnings: z.array(problem),
  }),
);

export const configBody = named(
  'ConfigDocument',
  'A whole document in YAML or JSON.',
  z.strictObject({
    text: z.string(),
    expectedVersion: z.int().min(1).optional().describe('Refuse when another version is current by now'),
  }),
);

export const configCheckBody = named(
  'ConfigText',
  'A whole document in YAML or JSON.',
  z.strictObject({ text: z.string() }),
);

export const configCheck = named(
  'ConfigCheck',
  'Errors and warnings of a document; `ok` when there is no error.',
  z.strictObject({ ok: z.boolean(), hash: z.string().nullable(), problems: z.array(problem) }),
);

export const configVersionList = named(
  'ConfigVersionList',
  'Versions that were applied, newest first.',
  z.strictObject({
    versions: z.array(
      z.strictObject({
        version: z.int(),
        hash: z.string(),
        source: z.enum(['file', 'api']),
        actor: z.string(),
        at: instant,
      }),
    ),
  }),
);

export const secretList = named(
  'SecretList',
  'Names only; values are never returned.',
  z.strictObject({ secrets: z.array(z.string()) }),
);

/** Limit: one secret; a private key in PEM fits. */
const maximumSecretLength = 16 * 1024;

export const secretBody = named(
  'SecretValue',
  'A secret to keep encrypted.',
  z.strictObject({ value: z.string().min(1).max(maximumSecretLength) }),
);

const finding = named(
  'VerifyFinding',
  'One thing that is wrong, and where.',
  z.strictObject({
    kind: z.string(),
    org: z.string().nullable(),
    writer: z.string().nullable(),
    seq: z.int().nullable(),
    id: z.string().nullable(),
    text: z.string(),
  }),
);

export const verifyReport = named(
  'VerifyReport',
  'What verification found. `findings` holds the first of them, `findingCount` counts all.',
  z.strictObject({
    ok: z.boolean(),
    rows: z.int(),
    chains: z.int(),
    checkpoints: z.int(),
    trustedCheckpoints: z.int(),
    unsignedRows: z.int().describe('Chained after the last trusted checkpoint, not yet signed'),
    erasedRows: z.int(),
    bodies: z.int(),
    open: z.array(z.string()).describe('Calls neither closed nor noted as interrupted'),
    interrupted: z.array(z.string()),
    gapCalls: z.int(),
    findings: z.array(finding),
    findingCount: z.int(),
  }),
);

export const verifyLine = named(
  'VerifyLine',
  'Lines of JSON: first some of kind `progress`, at last one of kind `report`.',
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('progress'), rows: z.int(), totalRows: z.int() }),
    z.strictObject({ kind: z.literal('report'), report: verifyReport }),
  ]),
);

export const exportQuery = z.strictObject({
  from: instantText.optional().describe('Epoch milliseconds, inclusive'),
  to: instantText.optional().describe('Epoch milliseconds, exclusive'),
});

export const eraseBody = named(
  'Erase',
  'What to erase: bodies, conversation and their salts. Exactly one of `calls`, `key` and `conversation`.',
  z.strictObject({
    org: anyName.optional().describe('Default "main"'),
    calls: z.array(anyName).min(1).max(1000).optional(),
    key: anyName.optional().describe('Key id'),
    conversation: anyName.optional(),
    reason: oneLine(500),
  }),
);

export const erased = named(
  'Erased',
  'How many calls lost something now, and the events that say so in the ledger.',
  z.strictObject({ calls: z.int(), events: z.array(z.string()) }),
);

export const backup = named(
  'Backup',
  'Where the backup lies on the server.',
  z.strictObject({
    folder: z.string(),
    files: z.array(z.strictObject({ name: z.string(), bytes: z.int() })),
  }),
);

export const event = named(
  'Event',
  'A decision or change that the ledger holds.',
  z.strictObject({
    id: z.string(),
    at: instant,
    org: z.string(),
    actor: z.string(),
    event: z.string(),
    subject: z.string(),
    data: z.record(z.string(), z.unknown()),
    position: z.strictObject({ writer: z.string(), seq: z.int(), hash: z.string() }),
  }),
);

export const eventPage = named(
  'EventPage',
  'Events, newest first.',
  z.strictObject({ events: z.array(event), next: z.string().nullable() }),
);

export const eventQuery = z.strictObject({
  ...pageQuery,
  org: anyName.optional(),
  event: anyName.optional().describe('Its name, or the beginning of it up to a dot: "serving"'),
  subject: anyName.optional().describe('Route name, key id or whatever the event is about'),
});

export const limitQuery = z.strictObject({ limit: pageQuery.limit });

export const sessionBody = named(
  'SessionRequest',
  'The one-time token of a sign-in link, or the admin key: exactly one of them.',
  z.strictObject({
    token: z.string().min(1).max(256).optional(),
    adminKey: z.string().min(1).max(512).optional(),
  }),
);

export const session = named(
  'Session',
  'A bearer for this API that ends by itself.',
  z.strictObject({ session: z.string(), expiresAt: instant }),
);

export const failure = named(
  'Error',
  'What every refusal looks like.',
  z.strictObject({
    error: z.strictObject({
      code: z.string(),
      message: z.string(),
      remedy: z.string(),
      detail: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
);
