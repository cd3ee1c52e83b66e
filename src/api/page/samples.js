// Ready-to-paste first calls. Route names and questions are quoted for each language, so that a hostile name
// stays a text when somebody pastes it into a terminal.

function quoteShell(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** JSON is also a string literal of Python and TypeScript; non-ASCII stays readable. */
function quoteCode(text) {
  return JSON.stringify(text);
}

function toCurl({ baseUrl, key, route, question }) {
  const body = { model: route, messages: [{ role: 'user', content: question }] };
  return [
    `curl ${quoteShell(`${baseUrl}/v1/chat/completions`)} \\`,
    `  -H ${quoteShell(`Authorization: Bearer ${key}`)} \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d ${quoteShell(JSON.stringify(body))}`,
  ].join('\n');
}

function toPython({ baseUrl, key, route, question }) {
  return [
    '# pip install openai',
    'from openai import OpenAI',
    '',
    'client = OpenAI(',
    `    base_url=${quoteCode(`${baseUrl}/v1`)},`,
    `    api_key=${quoteCode(key)},`,
    ')',
    'answer = client.chat.completions.create(',
    `    model=${quoteCode(route)},`,
    `    messages=[{"role": "user", "content": ${quoteCode(question)}}],`,
    ')',
    'print(answer.choices[0].message.content)',
  ].join('\n');
}

function toTypeScript({ baseUrl, key, route, question }) {
  return [
    '// npm install openai',
    "import OpenAI from 'openai';",
    '',
    'const client = new OpenAI({',
    `  baseURL: ${quoteCode(`${baseUrl}/v1`)},`,
    `  apiKey: ${quoteCode(key)},`,
    '});',
    'const answer = await client.chat.completions.create({',
    `  model: ${quoteCode(route)},`,
    `  messages: [{ role: 'user', content: ${quoteCode(question)} }],`,
    '});',
    'console.log(answer.choices[0]?.message.content);',
  ].join('\n');
}

/** Tabs in their order: name and what makes the code. */
export const samples = [
  ['curl', toCurl],
  ['Python', toPython],
  ['TypeScript', toTypeScript],
];
