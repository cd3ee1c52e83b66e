/** A small reader of mathematical answers in LaTeX or plain notation, enough to tell whether two are equal. */
import { foldDigits, stripInvisible } from './fold-text.ts';

/** Longer expressions are compared as text only. */
export const MAX_EXPRESSION_CHARACTERS = 2000;

/** Nesting beyond this is hostile; recursion must not exhaust the stack. */
const MAX_DEPTH = 60;

/** An expression as a function of the values of its variables; NaN where it has none. */
export type MathNode =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly argument: MathNode; readonly base?: MathNode }
  | {
      readonly kind: 'binary';
      readonly operator: '+' | '-' | '*' | '/' | '^';
      readonly left: MathNode;
      readonly right: MathNode;
    };

const FUNCTIONS: ReadonlyMap<string, (x: number) => number> = new Map([
  ['sqrt', Math.sqrt],
  ['sin', Math.sin],
  ['cos', Math.cos],
  ['tan', Math.tan],
  ['cot', (x: number) => 1 / Math.tan(x)],
  ['sec', (x: number) => 1 / Math.cos(x)],
  ['csc', (x: number) => 1 / Math.sin(x)],
  ['arcsin', Math.asin],
  ['arccos', Math.acos],
  ['arctan', Math.atan],
  ['ln', Math.log],
  ['log', Math.log10],
  ['exp', Math.exp],
  ['abs', Math.abs],
  ['floor', Math.floor],
  ['ceil', Math.ceil],
  ['fact', factorial],
  ['neg', (x: number) => -x],
]);

function factorial(x: number): number {
  if (!Number.isInteger(x) || x < 0 || x > 170) return Number.NaN;
  let product = 1;
  for (let factor = 2; factor <= x; factor++) product *= factor;
  return product;
}

/** Rewrites the spellings of one notation to another: LaTeX decoration, Unicode signs, units in text. */
export function toPlainMath(text: string): string {
  return stripInvisible(foldDigits(text))
    .replace(/\f(?=rac|box|loor)/gu, '\\f')
    .replace(/\t(?=imes|heta|ext|frac|an\b|au)/gu, '\\t')
    .replace(/\u0008(?=oxed|inom|eta|ar|igl|igr)/gu, '\\b')
    .replace(/\r(?=ight|ho\b|angle)/gu, '\\r')
    .replace(/\\(?:\\(?=[a-zA-Z])|displaystyle|limits|mathstrut)/gu, (mark) => (mark === '\\\\' ? '\\' : ''))
    .replace(/\\(?:left|right|bigl?|bigr?|Bigl?|Bigr?)(?![a-zA-Z])/gu, '')
    .replace(/\\[()[\]]|\$/gu, ' ')
    .replace(
      /\\(?:text|mathrm|textbf|mathbf|mbox|operatorname|textit)\s*\{([^{}]{0,200})\}/gu,
      (_mark, inner: string) => (/^\s*(?:and|or|,)\s*$/iu.test(inner) ? ',' : ` ${wordsOnly(inner)} `),
    )
    .replace(/\\[dtc]frac(?![a-z])/gu, '\\frac')
    .replace(/\\frac\s*(\d)\s*(\d)/gu, '\\frac{$1}{$2}')
    .replace(/,?\\!/gu, (mark) => (mark.length > 2 ? ',' : ''))
    .replace(/\\(?:quad|qquad)(?![a-z])|\\[ ,;:!]|~/gu, ' ')
    .replace(/(\d)\{,\}(?=\d)/gu, '$1,')
    .replace(/\^\s*(?:\\circ|\{\s*\\circ\s*\})|°|\\degree/gu, '')
    .replace(/\\?%|\\#/gu, '')
    .replace(/[−–—]/gu, '-')
    .replace(/[×·⋅∙]|\\times(?![a-z])|\\cdot(?![a-z])/gu, '*')
    .replace(/÷|\\div(?![a-z])/gu, '/')
    .replace(/√\s*\{/gu, '\\sqrt{')
    .replace(/√/gu, '\\sqrt ')
    .replace(/π|\\pi(?![a-z])/gu, ' pi ')
    .replace(/∞|\\infty(?![a-z])/gu, ' inf ')
    .replace(/∪|\\cup(?![a-z])/gu, ' U ')
    .replace(/≤|\\leq?(?![a-z])/gu, '<=')
    .replace(/≥|\\geq?(?![a-z])/gu, '>=')
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]+/gu, (run) => `^{${[...run].map((one) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(one)).join('')}}`)
    .replace(/½/gu, '(1/2)')
    .replace(/[₀-₉]+/gu, (run) => `_{${[...run].map((one) => (one.codePointAt(0) ?? 0) - 0x2080).join('')}}`)
    .trim();
}

/** Units and words inside \text{…} are dropped; a variable set in text is kept. */
function wordsOnly(inner: string): string {
  return /^\s*[A-Za-z]\s*$/u.test(inner) ? inner : '';
}

type Token = { readonly kind: 'number' | 'word' | 'command' | 'sign'; readonly text: string };

function tokenise(text: string): readonly Token[] | undefined {
  const pattern =
    /\s*(?:(\d+(?:,\d{3}(?!\d))*(?:\.\d+)?|\.\d+)|\\([a-zA-Z]+)|(pi|inf|sqrt|sin|cos|tan|ln|log)(?![a-zA-Z])|([a-zA-Zα-ω])|([-+*/^_(){}[\]|!]))/gu;
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (text.slice(at).trim() === '') break;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null || match.index !== at) return undefined;
    if (match[1] !== undefined) tokens.push({ kind: 'number', text: match[1].replace(/,/gu, '') });
    else if (match[2] !== undefined) tokens.push({ kind: 'command', text: match[2] });
    else if (match[3] !== undefined) tokens.push({ kind: 'command', text: match[3] });
    else if (match[4] !== undefined) tokens.push({ kind: 'word', text: match[4] });
    else tokens.push({ kind: 'sign', text: match[5] ?? '' });
    at = pattern.lastIndex;
  }
  return tokens;
}

/** Parses one expression (no commas, no equations); undefined when it is none. */
export function parseMath(plain: string): MathNode | undefined {
  if (plain.length > MAX_EXPRESSION_CHARACTERS) return undefined;
  const tokens = tokenise(plain);
  if (tokens === undefined || tokens.length === 0) return undefined;
  const reader = createReader(tokens);
  const node = parseSum(reader, 0);
  return reader.peek() === undefined ? node : undefined;
}

type Reader = { peek(): Token | undefined; take(): Token | undefined; takeSign(sign: string): boolean };

function createReader(tokens: readonly Token[]): Reader {
  let at = 0;
  return {
    peek: () => tokens[at],
    take: () => tokens[at++],
    takeSign(sign) {
      const token = tokens[at];
      if (token?.kind !== 'sign' || token.text !== sign) return false;
      at++;
      return true;
    },
  };
}

function parseSum(reader: Reader, depth: number): MathNode | undefined {
  if (depth > MAX_DEPTH) return undefined;
  let node = parseProduct(reader, depth);
  while (node !== undefined) {
    const isPlus = reader.takeSign('+');
    if (!isPlus && !reader.takeSign('-')) break;
    const right = parseProduct(reader, depth);
    node =
      right === undefined ? undefined : { kind: 'binary', operator: isPlus ? '+' : '-', left: node, right };
  }
  return node;
}

function parseProduct(reader: Reader, depth: number): MathNode | undefined {
  let node = parseSigned(reader, depth);
  while (node !== undefined) {
    let operator: '*' | '/' = '*';
    if (reader.takeSign('/')) operator = '/';
    else if (!reader.takeSign('*') && !isFactorAhead(reader.peek())) break;
    const right = parseSigned(reader, depth);
    node = right === undefined ? undefined : { kind: 'binary', operator, left: node, right };
  }
  return node;
}

/** Two factors side by side are multiplied: 3\sqrt{5}, 2x, (a)(b). */
function isFactorAhead(token: Token | undefined): boolean {
  return token !== undefined && (token.kind !== 'sign' || '({['.includes(token.text));
}

function parseSigned(reader: Reader, depth: number): MathNode | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (reader.takeSign('-')) {
    const argument = parseSigned(reader, depth + 1);
    return argument === undefined ? undefined : { kind: 'call', name: 'neg', argument };
  }
  reader.takeSign('+');
  return parsePower(reader, depth);
}

function parsePower(reader: Reader, depth: number): MathNode | undefined {
  let node = parseAtom(reader, depth);
  while (node !== undefined) {
    if (reader.takeSign('!')) node = { kind: 'call', name: 'fact', argument: node };
    else if (reader.takeSign('_')) node = skipSubscript(reader, node);
    else if (reader.takeSign('^')) {
      const right = parseScript(reader, depth + 1);
      return right === undefined ? undefined : { kind: 'binary', operator: '^', left: node, right };
    } else break;
  }
  return node;
}

/** A subscript names the base of a numeral (1001_2) or tells variables apart; it never changes a value here. */
function skipSubscript(reader: Reader, node: MathNode): MathNode | undefined {
  if (!reader.takeSign('{')) {
    const token = reader.take();
    if (token === undefined) return undefined;
    return node.kind === 'variable' ? { kind: 'variable', name: `${node.name}_${token.text}` } : node;
  }
  let name = '';
  for (let token = reader.take(); token !== undefined; token = reader.take()) {
    if (token.kind === 'sign' && token.text === '}') {
      return node.kind === 'variable' ? { kind: 'variable', name: `${node.name}_${name}` } : node;
    }
    name += token.text;
  }
  return undefined;
}

/** What follows ^ or a command: a braced group, a signed number, or a single atom. */
function parseScript(reader: Reader, depth: number): MathNode | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (reader.takeSign('-')) {
    const argument = parseScript(reader, depth + 1);
    return argument === undefined ? undefined : { kind: 'call', name: 'neg', argument };
  }
  return parseAtom(reader, depth);
}

const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']', '|': '|' };

function parseAtom(reader: Reader, depth: number): MathNode | undefined {
  const token = reader.take();
  if (token === undefined || depth > MAX_DEPTH) return undefined;
  if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
  if (token.kind === 'word') {
    return token.text === 'e' ? { kind: 'number', value: Math.E } : { kind: 'variable', name: token.text };
  }
  if (token.kind === 'command') return parseCommand(reader, token.text, depth + 1);
  const closer = CLOSERS[token.text];
  if (closer === undefined) return undefined;
  const inner = parseSum(reader, depth + 1);
  if (inner === undefined || !reader.takeSign(closer)) return undefined;
  return token.text === '|' ? { kind: 'call', name: 'abs', argument: inner } : inner;
}

function parseCommand(reader: Reader, name: string, depth: number): MathNode | undefined {
  if (name === 'pi') return { kind: 'number', value: Math.PI };
  if (name === 'inf') return { kind: 'number', value: Number.POSITIVE_INFINITY };
  if (name === 'frac') {
    const left = parseFracPart(reader, depth);
    const right = left === undefined ? undefined : parseFracPart(reader, depth);
    return left === undefined || right === undefined
      ? undefined
      : { kind: 'binary', operator: '/', left, right };
  }
  if (!FUNCTIONS.has(name)) return isGreek(name) ? { kind: 'variable', name } : undefined;
  let base: MathNode | undefined;
  if (reader.takeSign('_') || (name === 'sqrt' && reader.peek()?.text === '[')) {
    base = parseAtom(reader, depth);
  }
  const power = reader.takeSign('^') ? parseScript(reader, depth) : undefined;
  const argument = '({['.includes(reader.peek()?.text ?? ' ')
    ? parseAtom(reader, depth)
    : parsePower(reader, depth);
  if (argument === undefined) return undefined;
  const call: MathNode =
    base === undefined ? { kind: 'call', name, argument } : { kind: 'call', name, argument, base };
  return power === undefined ? call : { kind: 'binary', operator: '^', left: call, right: power };
}

function isGreek(name: string): boolean {
  return /^(?:alpha|beta|gamma|delta|epsilon|theta|lambda|mu|nu|rho|sigma|tau|phi|varphi|omega|ell)$/u.test(
    name,
  );
}

/** A part of \frac: a group, or one digit of `\frac12`. */
function parseFracPart(reader: Reader, depth: number): MathNode | undefined {
  return parseAtom(reader, depth);
}

/** The names of all variables. */
export function findVariables(node: MathNode, into: Set<string> = new Set()): ReadonlySet<string> {
  if (node.kind === 'variable') into.add(node.name);
  else if (node.kind === 'call') {
    findVariables(node.argument, into);
    if (node.base !== undefined) findVariables(node.base, into);
  } else if (node.kind === 'binary') {
    findVariables(node.left, into);
    findVariables(node.right, into);
  }
  return into;
}

/** The value of an expression for given values of its variables. */
export function evaluateMath(node: MathNode, variables: ReadonlyMap<string, number>): number {
  if (node.kind === 'number') return node.value;
  if (node.kind === 'variable') return variables.get(node.name) ?? Number.NaN;
  if (node.kind === 'call') return evaluateCall(node, variables);
  const left = evaluateMath(node.left, variables);
  const right = evaluateMath(node.right, variables);
  if (node.operator === '+') return left + right;
  if (node.operator === '-') return left - right;
  if (node.operator === '*') return left * right;
  return node.operator === '/' ? left / right : left ** right;
}

function evaluateCall(
  node: MathNode & { readonly kind: 'call' },
  variables: ReadonlyMap<string, number>,
): number {
  const argument = evaluateMath(node.argument, variables);
  if (node.base === undefined) return FUNCTIONS.get(node.name)?.(argument) ?? Number.NaN;
  const base = evaluateMath(node.base, variables);
  if (node.name === 'log') return Math.log(argument) / Math.log(base);
  return node.name === 'sqrt' ? argument ** (1 / base) : Number.NaN;
}
