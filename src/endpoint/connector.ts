import { lookup as resolveName } from 'node:dns';
import { request as startHttpRequest } from 'node:http';
import { request as startHttpsRequest } from 'node:https';
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, rootCertificates } from 'node:tls';

import type { EndpointTls } from '../catalog/index.ts';
import { isAddressAllowed } from './address-guard.ts';

/** An address that may not be reached; `address` is shown to the admin. */
export class AddressRefused extends Error {
  readonly address: string;
  constructor(address: string) {
    super(`Address ${address} is not allowed`);
    this.name = 'AddressRefused';
    this.address = address;
  }
}

export interface ConnectorOptions {
  readonly url: URL;
  readonly tls: EndpointTls | null;
  readonly privateAllowed: boolean;
  readonly proxy: URL | null;
}

type Connected = (error: Error | null, socket: Socket | null) => void;

/**
 * Resolves a name once and hands only allowed addresses to the socket, so that the address that was
 * checked is the address that is used (no second look-up that could answer differently).
 */
function createGuardedLookup(privateAllowed: boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { all: true, family: options.family ?? 0 }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const allowed = addresses.filter((entry) => isAddressAllowed(entry.address, privateAllowed));
      const first = allowed[0];
      if (first === undefined) return callback(new AddressRefused(addresses[0]?.address ?? hostname), '', 0);
      if (options.all === true) return callback(null, allowed);
      return callback(null, first.address, first.family);
    });
  };
}

function watch(socket: Socket, readyEvent: 'connect' | 'secureConnect', done: Connected): void {
  function onError(error: Error): void {
    socket.removeListener(readyEvent, onReady);
    done(error, null);
  }
  function onReady(): void {
    socket.removeListener('error', onError);
    done(null, socket);
  }
  socket.once(readyEvent, onReady);
  socket.once('error', onError);
}

function openDirect(options: ConnectorOptions, done: Connected): Socket | null {
  const { url, tls } = options;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isAddressAllowed(host, options.privateAllowed)) {
    done(new AddressRefused(host), null);
    return null;
  }
  const lookup = createGuardedLookup(options.privateAllowed);
  if (url.protocol === 'https:') {
    const socket = connectTls({ ...toTlsOptions(host, tls), host, port: Number(url.port || 443), lookup });
    socket.setNoDelay(true);
    watch(socket, 'secureConnect', done);
    return socket;
  }
  const socket = connectTcp({ host, port: Number(url.port || 80), lookup, noDelay: true, keepAlive: true });
  watch(socket, 'connect', done);
  return socket;
}

function toTlsOptions(host: string, tls: EndpointTls | null): object {
  return {
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(typeof tls?.ca === 'string' ? { ca: [...rootCertificates, tls.ca] } : {}),
    ...(typeof tls?.certificate === 'string' ? { cert: tls.certificate } : {}),
    ...(typeof tls?.key === 'string' ? { key: tls.key } : {}),
  };
}

/**
 * Opens a tunnel with CONNECT. The proxy's own address is the admin's choice and is not guarded; the
 * target's name is resolved by the proxy, so a literal private target is checked here.
 */
function openThroughProxy(
  options: ConnectorOptions,
  proxy: URL,
  done: Connected,
): { destroy(): void } | null {
  const { url } = options;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isAddressAllowed(host, options.privateAllowed)) {
    done(new AddressRefused(host), null);
    return null;
  }
  const target = `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;
  const login =
    proxy.username === ''
      ? ''
      : `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const start = proxy.protocol === 'https:' ? startHttpsRequest : startHttpRequest;
  const request = start({
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: Number(proxy.port || (proxy.protocol === 'https:' ? 443 : 80)),
    method: 'CONNECT',
    path: target,
    agent: false,
    headers: {
      host: target,
      ...(login === '' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }),
    },
  });
  request.once('error', (error) => done(error, null));
  request.once('connect', (response, socket) => {
    if (response.statusCode !== 200) {
      socket.destroy();
      done(
        Object.assign(new Error(`Proxy answered ${String(response.statusCode)}`), { code: 'PROXY_REFUSED' }),
        null,
      );
      return;
    }
    if (url.protocol !== 'https:') return done(null, socket);
    const secure = connectTls({ ...toTlsOptions(host, options.tls), socket });
    pending = secure;
    watch(secure, 'secureConnect', done);
  });
  request.end();
  // The request has let go of its socket once the tunnel stands; a host behind it may still say nothing.
  let pending: { destroy(): void } = request;
  return { destroy: () => pending.destroy() };
}

/** Opens one socket to an endpoint, guarded, directly or through the proxy. Returns a way to give up. */
export function openSocket(options: ConnectorOptions, done: Connected): { destroy(): void } | null {
  let finished = false;
  function finish(error: Error | null, socket: Socket | null): void {
    if (finished) {
      socket?.destroy();
      return;
    }
    finished = true;
    done(error, socket);
  }
  const pending =
    options.proxy === null ? openDirect(options, finish) : openThroughProxy(options, options.proxy, finish);
  if (pending === null) return null;
  return {
    destroy() {
      finished = true;
      pending.destroy();
    },
  };
}
