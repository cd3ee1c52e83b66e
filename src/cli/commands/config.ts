import type { ConfigCheckView, ConfigView } from '../../api/contract.ts';
import { type Command, type CommandContext, serverOptions } from '../command.ts';
import { toSafeText } from '../display-width.ts';
import { done, exitCodes } from '../problem.ts';
import { toTable } from '../table.ts';

type Problem = ConfigCheckView['problems'][number];

/** One problem with its place first, as compilers write it, so that editors find the line. */
function toProblemText(
  { file, position, path, severity, text, remedy }: Problem,
  { paint }: CommandContext,
): string {
  const place = position === null ? file : `${file}:${position.line}:${position.column}`;
  const label = severity === 'error' ? paint.bad('error') : 'warning';
  const where = path === '' ? '' : ` ${path}:`;
  return `${toSafeText(place)}: ${label}:${toSafeText(where)} ${toSafeText(text)}\n  Remedy: ${toSafeText(remedy)}\n`;
}

const configCheck: Command = {
  noun: 'config',
  verb: 'check',
  words: ['FILE'],
  summary: 'Say what is wrong with a configuration file; no server is needed',
  examples: ['changeover config check changeover.yaml'],
  options: { json: { type: 'boolean', help: 'Print the problems as JSON' } },
  async run(context) {
    const [file = ''] = context.words;
    const assembly = await context.io.loadAssembly();
    const check = await assembly.checkConfigFile(file, context.io.env);
    const exitCode = check.ok ? exitCodes.ok : exitCodes.failed;
    if (context.isJson) {
      await context.print(`${JSON.stringify(check)}\n`);
      return done(exitCode);
    }
    await context.print(check.problems.map((problem) => toProblemText(problem, context)).join(''));
    const errors = check.problems.filter((problem) => problem.severity === 'error').length;
    await context.remark(
      check.ok
        ? `${file} can be used (${check.problems.length} warnings, hash ${check.hash ?? '–'})\n`
        : `${file} cannot be used: ${errors} ${errors === 1 ? 'error' : 'errors'}\n`,
    );
    return done(exitCode);
  },
};

const configShow: Command = {
  noun: 'config',
  verb: 'show',
  words: [],
  summary: 'Show the configuration in force, without secrets, and where each value comes from',
  examples: ['changeover config show', 'changeover config show --values'],
  options: {
    values: { type: 'boolean', help: 'One value a line instead of a document' },
    ...serverOptions,
  },
  async run(context) {
    const api = context.connect();
    if (!api.ok) return api;
    const config = await api.value.get<ConfigView>('/api/config');
    if (!config.ok) return config;
    const { text, body } = config.value;
    if (context.isJson) await context.print(text);
    else if (context.flag('values')) {
      const table = toTable(
        body.values,
        [
          { title: 'PATH', text: (value) => value.path },
          { title: 'VALUE', text: (value) => value.value },
          {
            title: 'FROM',
            text: (value) => (value.line === null ? value.origin : `${value.origin}, line ${value.line}`),
          },
        ],
        context.paint,
      );
      await context.print(table);
    } else await context.print(body.text);
    return done(0);
  },
};

export const configCommands = [configCheck, configShow];
