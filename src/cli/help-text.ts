import { type Command, type OptionSpec, toCommandName } from './command.ts';
import { toDisplayWidth } from './display-width.ts';

/** Columns of help on a terminal. */
const helpWidth = 96;

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Pairs of a term and what it means, aligned and wrapped. */
function toPairs(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([term]) => toDisplayWidth(term)));
  return pairs
    .map(([term, meaning]) => {
      const lines = wrap(meaning, helpWidth - width - 4);
      return lines.map((line, at) => `  ${(at === 0 ? term : '').padEnd(width)}  ${line}\n`).join('');
    })
    .join('');
}

/** How an option is written: `--data FOLDER`. */
export function toOptionText(name: string, { value }: OptionSpec): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

/** How a command is called, on one line. */
export function toUsage(command: Command): string {
  const hasOptions = Object.keys(command.options).length > 0;
  return ['changeover', toCommandName(command), ...command.words, ...(hasOptions ? ['[options]'] : [])].join(
    ' ',
  );
}

/** Help of one command. */
export function toCommandHelp(command: Command): string {
  const options = Object.entries(command.options).map(
    ([name, spec]) =>
      [
        toOptionText(name, spec),
        spec.isRepeatable === true ? `${spec.help}; may be repeated` : spec.help,
      ] as const,
  );
  const details = command.details === undefined ? '' : `\n${wrap(command.details, helpWidth).join('\n')}\n`;
  return [
    `${command.summary}\n`,
    details,
    `\nUsage: ${toUsage(command)}\n`,
    options.length === 0 ? '' : `\nOptions:\n${toPairs(options)}`,
    `\nExamples:\n${command.examples.map((example) => `  ${example}\n`).join('')}`,
  ].join('');
}

/** Help of everything: one line for each command. */
export function toHelp(commands: readonly Command[]): string {
  const pairs = commands.map(
    (command) => [[toCommandName(command), ...command.words].join(' '), command.summary] as const,
  );
  return [
    'Changeover moves AI traffic between models, and proves first that nothing gets worse.\n\n',
    'Usage: changeover [command] [options]\n\n',
    `Commands:\n${toPairs(pairs)}`,
    '\n"changeover <command> --help" tells the options of a command, with examples.\n',
    'Exit codes: 0 done, 1 refused or damaged, 2 wrong usage, 3 the server cannot be reached.\n',
  ].join('');
}
