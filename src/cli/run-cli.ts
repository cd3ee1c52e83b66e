import { parseArgs } from 'node:util';
import { type ApiClient, createApiClient } from './api-client.ts';
import { type Command, type CommandContext, type Parsed, toCommandName } from './command.ts';
import { commands } from './command-table.ts';
import { defaultDataFolder } from './default-data-folder.ts';
import { toSafeText } from './display-width.ts';
import { findServer } from './find-server.ts';
import { toCommandHelp, toHelp, toOptionText } from './help-text.ts';
import type { CliIo } from './io.ts';
import { createPaint } from './paint.ts';
import { done, exitCodes, type Outcome, type Problem, stop, wrongUsage } from './problem.ts';
import { suggest } from './suggest.ts';

/**
 * A command and what is left of the command line for it; null = help was asked for, of a command or of all.
 */
type Chosen =
  | { readonly command: Command; readonly rest: readonly string[] }
  | { readonly command: Command | null; readonly rest: null };

const nouns = [...new Set(commands.flatMap(({ noun }) => noun ?? []))];
const firstWords = [
  ...nouns,
  ...commands.filter(({ noun }) => noun === null).map(({ verb }) => verb),
  'help',
];

function findCommand(noun: string | null, verb: string): Command | undefined {
  return commands.find((command) => command.noun === noun && command.verb === verb);
}

function unknownWord(word: string, known: readonly string[], kind: string): Outcome<never> {
  const near = suggest(word, known);
  const hint =
    near === null
      ? `Known are: ${known.join(', ')}`
      : `Did you mean "${near}"? Known are: ${known.join(', ')}`;
  return wrongUsage(`Cannot find the ${kind} "${toSafeText(word)}"`, hint);
}

function chooseHelp(words: readonly string[]): Outcome<Chosen> {
  const [first, second] = words;
  if (first === undefined) return done({ command: null, rest: null });
  const command = findCommand(null, first) ?? findCommand(first, second ?? '');
  if (command !== undefined) return done({ command, rest: null });
  return nouns.includes(first) && second === undefined
    ? done({ command: null, rest: null })
    : unknownWord(words.join(' '), commands.map(toCommandName), 'command');
}

function choose(argv: readonly string[]): Outcome<Chosen> {
  const [first, second] = argv;
  if (first === '--help' || first === '-h') return done({ command: null, rest: null });
  if (first === '--version' || first === '-v') return chooseAlone('version', []);
  if (first === undefined || first.startsWith('-')) return chooseAlone('serve', argv);
  if (first === 'help') return chooseHelp(argv.slice(1));
  const alone = findCommand(null, first);
  if (alone !== undefined) return done({ command: alone, rest: argv.slice(1) });
  if (!nouns.includes(first)) return unknownWord(first, firstWords, 'command');
  const verbs = commands.filter(({ noun }) => noun === first).map(({ verb }) => verb);
  if (second === '--help' || second === '-h') return done({ command: null, rest: null });
  if (second === undefined) {
    return wrongUsage(
      `Cannot tell what to do with "${first}"`,
      `Say one of: ${verbs.map((verb) => `${first} ${verb}`).join(', ')}`,
    );
  }
  const command = findCommand(first, second);
  if (command === undefined) return unknownWord(second, verbs, `verb of "${first}"`);
  return done({ command, rest: argv.slice(2) });
}

function chooseAlone(verb: string, rest: readonly string[]): Outcome<Chosen> {
  const command = findCommand(null, verb);
  if (command === undefined) throw new Error(`The command "${verb}" is not in the table`);
  return done({ command, rest });
}

function checkWords(command: Command, words: readonly string[]): Outcome<null> {
  const least = command.words.filter((word) => !word.startsWith('[')).length;
  const isOpen = command.words.some((word) => word.includes('…'));
  if (words.length < least) {
    const missing = command.words[words.length] ?? '';
    return wrongUsage(
      `Cannot run "${toCommandName(command)}": ${missing} is missing`,
      `For example: ${command.examples[0] ?? ''}`,
    );
  }
  if (isOpen || words.length <= command.words.length) return done(null);
  return wrongUsage(
    `Cannot use "${toSafeText(words[command.words.length] ?? '')}" here`,
    `"changeover ${toCommandName(command)} --help" tells what this command takes`,
  );
}

/** What node:util says of a wrong option, in our words and with the option that was probably meant. */
function toOptionProblem(command: Command, error: Error & { readonly code: string }): Outcome<never> {
  const name = /'(?:-\w, )?(--?[^ '=]+)/.exec(error.message)?.[1] ?? '';
  const known = [...Object.keys(command.options), 'help'];
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const near = suggest(name.replace(/^--?/, ''), known);
    return wrongUsage(
      `Cannot find the option "${toSafeText(name)}" of "${toCommandName(command)}"`,
      near === null
        ? `Known are: ${known.map((option) => `--${option}`).join(', ')}`
        : `Did you mean "--${near}"?`,
    );
  }
  const spec = command.options[name.replace(/^--?/, '')];
  const form = spec === undefined ? name : toOptionText(name.replace(/^--?/, ''), spec);
  return wrongUsage(
    `Cannot read the option "${toSafeText(name)}"`,
    `Write it as ${form}; a value that begins with "-" as ${name}=VALUE`,
  );
}

function parseRest(
  command: Command,
  rest: readonly string[],
): Outcome<Parsed & { readonly wantsHelp: boolean }> {
  if (command.takesAll === true) {
    return done({ words: rest, text: () => undefined, list: () => [], flag: () => false, wantsHelp: false });
  }
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { type, isRepeatable }]) => [
      name,
      { type, multiple: isRepeatable === true },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...rest],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
      strict: true,
    });
    const read = (name: string): unknown => (values as Record<string, unknown>)[name];
    const parsed = {
      words: positionals,
      text: (name: string) => {
        const value = read(name);
        return typeof value === 'string' ? value : undefined;
      },
      list: (name: string) => {
        const value = read(name);
        return Array.isArray(value) ? value.map(String) : [];
      },
      flag: (name: string) => read(name) === true,
    };
    return done({ ...parsed, wantsHelp: parsed.flag('help') });
  } catch (error) {
    if (!(error instanceof TypeError) || !('code' in error)) throw error;
    return toOptionProblem(command, error as Error & { readonly code: string });
  }
}

function toContext(parsed: Parsed, io: CliIo): CommandContext {
  const named = parsed.text('data');
  const env = named === undefined ? io.env : { ...io.env, CHANGEOVER_DATA: named };
  const folder = defaultDataFolder(env, io.home, io.cwd);
  return {
    ...parsed,
    io,
    paint: createPaint(io.isTerminal, io.env),
    folder,
    isJson: parsed.flag('json'),
    connect(signal): Outcome<ApiClient> {
      const server = findServer(io, folder, parsed.text('url'));
      return server.ok ? done(createApiClient(server.value, signal)) : server;
    },
    print: (text) => io.stdout.write(text),
    remark: (text) => io.stderr.write(text),
  };
}

async function runChosen(chosen: Chosen, io: CliIo): Promise<Outcome<number>> {
  const { command, rest } = chosen;
  if (command === null || rest === null) {
    await io.stdout.write(command === null ? toHelp(commands) : toCommandHelp(command));
    return done(exitCodes.ok);
  }
  const parsed = parseRest(command, rest);
  if (!parsed.ok) return parsed;
  if (parsed.value.wantsHelp) {
    await io.stdout.write(toCommandHelp(command));
    return done(exitCodes.ok);
  }
  const words = checkWords(command, parsed.value.words);
  if (!words.ok) return words;
  const result = await command.run(toContext(parsed.value, io));
  return result.ok || parsed.value.flag('json') ? result : hideAnswer(result.problem);
}

/** Only `--json` prints the server's own answer; everybody else gets the sentence. */
function hideAnswer({ exitCode, text, remedy }: Problem): Outcome<number> {
  return stop({ exitCode, text, remedy });
}

async function tellProblem(problem: Problem, io: CliIo): Promise<number> {
  if (problem.answer !== undefined) await io.stdout.write(problem.answer);
  else await io.stderr.write(`${toSafeText(problem.text)}\nRemedy: ${toSafeText(problem.remedy)}\n`);
  return problem.exitCode;
}

/**
 * Runs one command line and returns its exit code: 0 done, 1 refused or damaged, 2 wrong usage, 3 the server
 * cannot be reached. Results go to stdout, everything else to stderr.
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const chosen = choose(argv);
  if (!chosen.ok) return tellProblem(chosen.problem, io);
  const result = await runChosen(chosen.value, io);
  return result.ok ? result.value : tellProblem(result.problem, io);
}
