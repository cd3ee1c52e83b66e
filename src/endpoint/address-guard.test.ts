import { expect, test } from 'vitest';

import { isAddressAllowed } from './address-guard.ts';

const privateOnes = [
  '127.0.0.1',
  '127.255.255.254',
  '10.1.2.3',
  '172.31.255.255',
  '192.168.0.1',
  '100.64.0.1',
  '198.18.0.1',
  '::1',
  'fd12::1',
  '::ffff:10.0.0.1',
  '::ffff:0a00:0001',
  '::ffff:7f00:1',
  '64:ff9b::10.0.0.1',
  '2002:0a00:0001::',
];
const neverOnes = [
  '169.254.169.254',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  'fd00:ec2::254',
  '::',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '64:ff9b::a9fe:a9fe',
  'localhost',
  '0x7f.1',
  '2130706433',
  '',
];

test.each(privateOnes)('isAddressAllowed() lets %s be used only where the admin wrote the URL', (address) => {
  expect(isAddressAllowed(address, false)).toBe(false);
  expect(isAddressAllowed(address, true)).toBe(true);
});

test.each(neverOnes)('isAddressAllowed() never lets %s be used', (address) => {
  expect(isAddressAllowed(address, true)).toBe(false);
});

test.each(['1.1.1.1', '8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8'])(
  'isAddressAllowed() lets public %s be used',
  (address) => {
    expect(isAddressAllowed(address, false)).toBe(true);
  },
);
