import { BlockList, isIP } from 'node:net';

/** Never reachable, whatever the admin wrote: cloud metadata, multicast, unspecified. */
const neverAllowed = new BlockList();
neverAllowed.addSubnet('169.254.0.0', 16, 'ipv4');
neverAllowed.addSubnet('0.0.0.0', 8, 'ipv4');
neverAllowed.addSubnet('224.0.0.0', 4, 'ipv4');
neverAllowed.addSubnet('240.0.0.0', 4, 'ipv4');
neverAllowed.addSubnet('fe80::', 10, 'ipv6');
neverAllowed.addSubnet('ff00::', 8, 'ipv6');
neverAllowed.addAddress('fd00:ec2::254', 'ipv6');
neverAllowed.addAddress('::', 'ipv6');

/** Reachable only when the admin typed the URL: loopback, private, carrier-grade NAT, unique local, test nets. */
const privateOnly = new BlockList();
privateOnly.addSubnet('127.0.0.0', 8, 'ipv4');
privateOnly.addSubnet('10.0.0.0', 8, 'ipv4');
privateOnly.addSubnet('172.16.0.0', 12, 'ipv4');
privateOnly.addSubnet('192.168.0.0', 16, 'ipv4');
privateOnly.addSubnet('100.64.0.0', 10, 'ipv4');
privateOnly.addSubnet('192.0.0.0', 24, 'ipv4');
privateOnly.addSubnet('192.0.2.0', 24, 'ipv4');
privateOnly.addSubnet('198.18.0.0', 15, 'ipv4');
privateOnly.addSubnet('198.51.100.0', 24, 'ipv4');
privateOnly.addSubnet('203.0.113.0', 24, 'ipv4');
privateOnly.addAddress('::1', 'ipv6');
privateOnly.addSubnet('fc00::', 7, 'ipv6');
privateOnly.addSubnet('2001:db8::', 32, 'ipv6');

/** IPv4 inside IPv6 (mapped ::ffff:a.b.c.d, NAT64 64:ff9b::, 6to4 2002::) is judged by its IPv4 part. */
function toEmbeddedIpv4(address: string): string | null {
  const dotted =
    /^::(?:ffff:(?:0:)?)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ??
    /^64:ff9b::(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (dotted !== null) return dotted[1] ?? null;
  const hex =
    /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address) ??
    /^64:ff9b::([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address) ??
    /^2002:([0-9a-f]{1,4}):([0-9a-f]{1,4}):/i.exec(address);
  if (hex === null) return null;
  const high = Number.parseInt(hex[1] ?? '0', 16);
  const low = Number.parseInt(hex[2] ?? '0', 16);
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/**
 * May a socket be opened to this IP address? `privateAllowed` is true when the admin wrote the
 * endpoint's URL. Anything that is not an IP address is refused.
 */
export function isAddressAllowed(address: string, privateAllowed: boolean): boolean {
  const bare = address.split('%')[0] ?? '';
  const family = isIP(bare);
  if (family === 0) return false;
  if (family === 6) {
    const embedded = toEmbeddedIpv4(bare);
    if (embedded !== null) return isAddressAllowed(embedded, privateAllowed);
  }
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  if (neverAllowed.check(bare, kind)) return false;
  return privateAllowed || !privateOnly.check(bare, kind);
}
