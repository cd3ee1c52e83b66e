import type { EndpointList, EndpointTest } from '../../api/contract.ts';
import { type Command, serverOptions } from '../command.ts';
import { toSafeText } from '../display-width.ts';
import { toDurationText } from '../format.ts';
import type { Paint } from '../paint.ts';
import { done, exitCodes } from '../problem.ts';
import { toTable } from '../table.ts';

/** Limit: models that are told by name; the rest is counted. `--json` has all. */
const shownModels = 20;

const endpointList: Command = {
  noun: 'endpoint',
  verb: 'list',
  words: [],
  summary: 'List endpoints with their offers and where they run',
  examples: ['changeover endpoint list'],
  options: serverOptions,
  async run(context) {
    const api = context.connect();
    if (!api.ok) return api;
    const list = await api.value.get<EndpointList>('/api/endpoints');
    if (!list.ok) return list;
    if (context.isJson) {
      await context.print(list.value.text);
      return done(0);
    }
    const table = toTable(
      list.value.body.endpoints,
      [
        { title: 'ENDPOINT', text: (endpoint) => endpoint.name },
        { title: 'PROFILE', text: (endpoint) => endpoint.profile },
        { title: 'RUNS IN', text: ({ jurisdiction }) => jurisdiction.runsIn },
        {
          title: 'OPERATOR',
          text: ({ jurisdiction }) => `${jurisdiction.operator} (${jurisdiction.operatorCountry})`,
        },
        { title: 'KEY', text: (endpoint) => (endpoint.credential ? 'set' : '–') },
        { title: 'OFFERS', text: (endpoint) => endpoint.offers.map((offer) => offer.name).join(', ') || '–' },
      ],
      context.paint,
    );
    await context.print(table);
    return done(0);
  },
};

function toTestText(test: EndpointTest, paint: Paint): string {
  const lines = test.steps.map((step) => {
    const mark = step.ok ? paint.good('✓') : paint.bad('✗');
    const status = step.status === null ? '' : `, status ${step.status}`;
    const line = `${mark} ${toSafeText(step.tried)}: ${toDurationText(step.ms)}${status}\n`;
    if (step.failure === null) return line;
    return `${line}  ${toSafeText(step.failure.message)}\n  Remedy: ${toSafeText(step.failure.remedy)}\n`;
  });
  const { models } = test;
  if (models !== null) {
    const rest = models.length > shownModels ? ` and ${models.length - shownModels} more` : '';
    lines.push(`Models: ${toSafeText(models.slice(0, shownModels).join(', ') || 'none')}${rest}\n`);
  }
  if (test.steps.length === 0) {
    lines.push('Nothing to test: the endpoint has no offer and no list of models\n');
  }
  return lines.join('');
}

const endpointTest: Command = {
  noun: 'endpoint',
  verb: 'test',
  words: ['ENDPOINT'],
  summary: "List an endpoint's models and make one small real call; at a vendor it costs a few tokens",
  examples: ['changeover endpoint test qwen-sg', 'changeover endpoint test qwen-sg --model qwen3.7-plus'],
  options: {
    model: { type: 'string', value: 'MODEL', help: 'Model to ask; default the first offer of the endpoint' },
    ...serverOptions,
  },
  async run(context) {
    const api = context.connect();
    if (!api.ok) return api;
    const model = context.text('model');
    const path = `/api/endpoints/${encodeURIComponent(context.words[0] ?? '')}/test`;
    const test = await api.value.send<EndpointTest>('POST', path, model === undefined ? {} : { model });
    if (!test.ok) return test;
    const { text, body } = test.value;
    await context.print(context.isJson ? text : toTestText(body, context.paint));
    return done(body.ok ? exitCodes.ok : exitCodes.failed);
  },
};

export const endpointCommands = [endpointList, endpointTest];
