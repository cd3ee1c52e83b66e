// Lets tests connect to loopback only. Plain JavaScript, because it is also loaded with `--import` into every
// Node process that a test starts. Without it a test that forgot its simulated endpoint would pass where
// there is a network, fail where there is none, and could spend money.
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const reportFile = process.env['CHG_TEST_OUTSIDE_FILE'];

/** True for host names and addresses that stay on this machine. */
export function isLoopback(host) {
  if (host === undefined || host === null || host === '') return true;
  const name = String(host)
    .toLowerCase()
    .replace(/^\[|\]$/g, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  if (name === '::1' || name === '0.0.0.0' || name === '::') return true;
  return /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(name);
}

function refuse(action, host) {
  const error = new Error(
    `Cannot ${action} "${host}" in a test: only loopback is allowed, use a simulated endpoint`,
  );
  error.code = 'ERR_TEST_OUTSIDE_LOOPBACK';
  // The error alone is not enough: code that falls back to another endpoint would swallow it.
  if (reportFile) appendFileSync(reportFile, `${process.pid} ${action} ${host}\n${error.stack}\n`);
  return error;
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function connectLoopbackOnly(...parameters) {
  const first = Array.isArray(parameters[0]) ? parameters[0][0] : parameters[0];
  const options = typeof first === 'object' && first !== null ? first : { port: first, host: parameters[1] };
  if (typeof options.host === 'string' && net.isIP(options.host) !== 0 && !isLoopback(options.host)) {
    const error = refuse('connect to', options.host);
    process.nextTick(() => this.destroy(error));
    return this;
  }
  // A name is judged when it is looked up, and again here by the address that a caller's own lookup gave for
  // it.
  this.once('connectionAttempt', (address) => {
    if (net.isIP(address) === 0 || isLoopback(address)) return;
    const error = refuse('connect to', address);
    // Later, because Node still sets the handle up when it tells of the attempt.
    process.nextTick(() => this.destroy(error));
  });
  return Reflect.apply(connect, this, parameters);
};

function guardLookup(owner, method) {
  const original = owner[method];
  owner[method] = function lookUpLoopbackOnly(host, ...rest) {
    const isAllowed = net.isIP(String(host)) !== 0 || isLoopback(host);
    if (isAllowed) return Reflect.apply(original, this, [host, ...rest]);
    const error = refuse('look up', host);
    const callback = rest.at(-1);
    if (typeof callback !== 'function') return Promise.reject(error);
    process.nextTick(callback, error);
    return undefined;
  };
}
for (const method of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
  guardLookup(dns, method);
  guardLookup(dns.promises, method);
}
// Named imports such as `import { lookup } from 'node:dns'` are copies; this refreshes them.
syncBuiltinESMExports();
