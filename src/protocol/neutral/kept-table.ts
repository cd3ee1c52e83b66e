/** One subject of translation and what becomes of it per target dialect. */
export interface KeptSubject {
  readonly subject: string;
  readonly chat: string;
  readonly messages: string;
}

/**
 * What a translation keeps, and how it is written in each dialect. Beside the table of losses the other half
 * of docs/reference/translation.md.
 */
export const keptTable: readonly KeptSubject[] = [
  {
    subject: 'System text before the conversation',
    chat: 'one system message, blocks apart by an empty line',
    messages: '`system`; developer messages too',
  },
  {
    subject: 'System text inside the conversation',
    chat: 'a system message in its place, where the target takes one',
    messages: 'a system message in its place, where the target takes one and the order allows it',
  },
  { subject: 'Text', chat: 'text, or text parts', messages: 'text, or text blocks; empty ones are left out' },
  {
    subject: 'Images',
    chat: '`image_url` with a data URL or the URL',
    messages: '`image` with base64 or URL source',
  },
  { subject: 'PDF files', chat: '`file` with file data', messages: '`document` with base64 source' },
  {
    subject: 'Tools',
    chat: '`function` with name, description, schema and strict',
    messages: '`name`, `description`, `input_schema`, `strict`',
  },
  {
    subject: 'Tool calls',
    chat: '`tool_calls`; an object becomes JSON text',
    messages: '`tool_use`; JSON text becomes an object',
  },
  {
    subject: 'Ids of calls',
    chat: 'as they are; ids that were escaped for the client are restored',
    messages: 'as they are; other characters are escaped, without state and without two ids meeting',
  },
  {
    subject: 'Tool results',
    chat: 'a `tool` message each, right behind the calls',
    messages: '`tool_result` blocks first in the user message',
  },
  {
    subject: 'Tool choice and parallel calls',
    chat: '`tool_choice`, `parallel_tool_calls`',
    messages: '`tool_choice` with `disable_parallel_tool_use`',
  },
  {
    subject: 'JSON output of a schema',
    chat: '`response_format`, where the target enforces it',
    messages: '`output_config.format`, where the target enforces it',
  },
  {
    subject: 'Reasoning of earlier turns',
    chat: "`reasoning_content`, also out of the gateway's own signature",
    messages: '`thinking` with the signature of its vendor, or unsigned where nobody checks',
  },
  {
    subject: 'Reasoning of the answer',
    chat: '`reasoning_content`, and the signature in `reasoning_details`',
    messages: '`thinking` with a sealed signature that brings the text back',
  },
  {
    subject: 'Thinking switched on or off',
    chat: '`reasoning_effort`, `thinking` or `enable_thinking`, as the target wants it',
    messages: '`thinking` with a budget inside `max_tokens`, or adaptive with an effort',
  },
  {
    subject: 'Usage',
    chat: '`prompt_tokens` includes what came from the cache',
    messages: '`input_tokens` leaves it out; estimated at the start, corrected at the end',
  },
  {
    subject: 'Errors',
    chat: "OpenAI's types and codes, `context_length_exceeded` among them",
    messages: "Anthropic's types; the texts on which Claude Code heals itself, word for word",
  },
];
