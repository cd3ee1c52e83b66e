// The yardstick: what any relay must at least do in this runtime. Reads the body, parses it, sends it on,
// and passes the answer through as it comes. No keys, no checks, no record.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Pool } from 'undici';

const pool = new Pool(process.argv[2] ?? '', { connections: 10_000, bodyTimeout: 0, headersTimeout: 0 });

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    JSON.parse(body.toString());
    pool.dispatch(
      { path: '/v1/chat/completions', method: 'POST', headers: ['content-type', 'application/json'], body },
      {
        onRequestStart: (controller) => {
          response.on('close', () => {
            if (!response.writableFinished) controller.abort(new Error('Client has left'));
          });
          response.on('drain', () => controller.resume());
        },
        onResponseStart(_controller, status, headers) {
          const length = headers['content-length'];
          const type = String(headers['content-type'] ?? 'application/json');
          const head = typeof length === 'string' ? ['content-length', length] : [];
          response.writeHead(status, ['content-type', type, ...head]);
        },
        onResponseData(controller, chunk) {
          if (!response.write(chunk)) controller.pause();
        },
        onResponseEnd: () => void response.end(),
        onResponseError: () => void response.destroy(),
      },
    );
  });
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', 10_000, () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.on('disconnect', () => process.exit(0));
