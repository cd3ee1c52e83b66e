// The upstream of the bench, as cheap as node:http allows. A request that says "bench_events":N gets a
// stream of N events, each in a write of its own; "bench_hold" streams one event and stays open.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const answerText = 'A plain answer of some length. '.repeat(14);

const answer = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1,
    model: 'bench',
    choices: [{ index: 0, message: { role: 'assistant', content: answerText }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 500, completion_tokens: 100, total_tokens: 600 },
  }),
);

function toEvent(delta: object, finish: string | null = null): Buffer {
  const choice = { index: 0, delta, finish_reason: finish };
  const chunk = {
    id: 'chatcmpl-bench',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'bench',
    choices: [choice],
  };
  return Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`);
}

const first = toEvent({ role: 'assistant', content: '' });
const middle = toEvent({ content: ' word' });
const last = Buffer.concat([toEvent({}, 'stop'), Buffer.from('data: [DONE]\n\n')]);

function streamEvents(response: ServerResponse, count: number): void {
  let sent = 0;
  response.on('error', () => response.destroy());
  const step = (): void => {
    if (response.destroyed) return;
    if (sent === count) {
      response.end(last);
      return;
    }
    sent++;
    response.write(middle);
    setImmediate(step);
  };
  response.write(first);
  step();
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString('latin1');
    const events = /"bench_events":(\d+)/.exec(body);
    if (body.includes('"bench_hold"')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(first);
      response.write(middle);
    } else if (events === null) {
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
        .end(answer);
    } else {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      streamEvents(response, Number(events[1]));
    }
  });
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', 10_000, () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.on('disconnect', () => process.exit(0));
