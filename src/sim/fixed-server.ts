import { createServer, type Server, type Socket } from 'node:net';
import { bodyLimitBytes } from './read-body.ts';

/** Bytes of one request's head; more is not a bench. */
const headLimitBytes = 64 * 1024;

/** A whole response, head and body in one buffer, so that it is one write. */
export type FixedResponder = (request: {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
}) => Buffer;

const headEnd = Buffer.from('\r\n\r\n');

interface Head {
  readonly method: string;
  readonly path: string;
  readonly length: number;
  readonly isChunked: boolean;
  readonly bodyStart: number;
}

function readHead(bytes: Buffer, end: number): Head {
  const text = bytes.toString('latin1', 0, end);
  const [method = '', path = ''] = text.slice(0, text.indexOf('\r\n')).split(' ', 2);
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  const isChunked = length === undefined && /\r\ntransfer-encoding: *chunked/i.test(text);
  return { method, path, length: Number(length ?? 0), isChunked, bodyStart: end + headEnd.length };
}

/** Where a chunked body ends and what it holds, or null while it is not all there. */
function readChunks(bytes: Buffer, start: number): { readonly body: Buffer; readonly end: number } | null {
  const parts: Buffer[] = [];
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (!Number.isInteger(size) || bytes.length < next) return null;
    if (size === 0) return { body: Buffer.concat(parts), end: next };
    parts.push(bytes.subarray(lineEnd + 2, next - 2));
    at = next;
  }
}

/** Answers every complete request in the bytes; returns what is left, or null when the peer must go. */
function answerAll(bytes: Buffer, socket: Socket, respond: FixedResponder): Buffer | null {
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf(headEnd);
    if (end < 0) return rest.length > headLimitBytes ? null : rest;
    const head = readHead(rest, end);
    const length = { body: Buffer.alloc(0), end: head.bodyStart + head.length };
    const found = head.isChunked ? readChunks(rest, head.bodyStart) : length;
    if (found === null || rest.length < found.end) {
      return rest.length > bodyLimitBytes || head.length > bodyLimitBytes ? null : rest;
    }
    const body = head.isChunked ? found.body : rest.subarray(head.bodyStart, found.end);
    socket.write(respond({ method: head.method, path: head.path, body }));
    rest = rest.subarray(found.end);
    if (rest.length === 0) return rest;
  }
}

/**
 * A server that knows just enough HTTP/1.1 for a bench: keep-alive, pipelining, content-length and chunked
 * bodies. `node:http` alone costs several times what the bench measures; this leaves the CPU to the gateway.
 */
export function createFixedServer(respond: FixedResponder): {
  readonly server: Server;
  readonly cut: () => void;
} {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    let waiting: Buffer[] = [];
    let size = 0;
    let needed = 0;
    socket.on('data', (chunk: Buffer) => {
      waiting.push(chunk);
      size += chunk.length;
      // A large body is joined once, when it may be whole, not once per packet.
      if (size < needed) return;
      const bytes = waiting.length === 1 ? chunk : Buffer.concat(waiting);
      const rest = answerAll(bytes, socket, respond);
      if (rest === null) {
        socket.destroy();
        return;
      }
      waiting = rest.length > 0 ? [rest] : [];
      size = rest.length;
      needed = rest.length > headLimitBytes ? rest.length * 2 : 0;
      if (needed > 0) needed = Math.min(needed, toWholeSize(rest));
    });
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    server,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The size that makes a request whole, where its head says so. */
function toWholeSize(bytes: Buffer): number {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return 0;
  const head = readHead(bytes, end);
  return head.isChunked ? 0 : head.bodyStart + head.length;
}
