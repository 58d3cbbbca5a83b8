import { describe, expect, test } from 'bun:test';
import { AddressRanges, addressKey, isAddressRange, networkKey, normaliseAddress } from './address-range.ts';

describe('an address', () => {
  test('has one spelling, and IPv4 mapped into IPv6 is IPv4', () => {
    expect(normaliseAddress('192.0.2.1')).toBe('192.0.2.1');
    expect(normaliseAddress('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(normaliseAddress('::FFFF:c000:201')).toBe('192.0.2.1');
    expect(normaliseAddress('2001:DB8:0:0:0:0:0:1')).toBe('2001:db8::1');
    expect(normaliseAddress('fe80::1%eth0')).toBe('fe80::1');
    expect(normaliseAddress('::')).toBe('::');
    expect(normaliseAddress('64:ff9b::192.0.2.33')).toBe('64:ff9b::c000:221');
  });

  test('is refused in any spelling that is none', () => {
    const broken = [
      '',
      'localhost',
      '1.2.3',
      '1.2.3.256',
      '01.2.3.4',
      '1.2.3.4.5',
      ':::',
      '1::2::3',
      '12345::',
    ];
    const more = [
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '::1.2.3',
      '1.2.3.4::',
      '[::1]',
      '::1/64',
      ' ::1',
      'x'.repeat(99),
    ];
    for (const text of [...broken, ...more]) expect(normaliseAddress(text), text).toBeUndefined();
  });

  test('is of a network: its /24 if it is IPv4, its /48 if it is IPv6', () => {
    expect(networkKey('192.0.2.77')).toBe('192.0.2.0/24');
    expect(networkKey('::ffff:192.0.2.77')).toBe('192.0.2.0/24');
    expect(networkKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1::/48');
    expect(networkKey('2001:db8:1:ffff::1')).toBe('2001:db8:1::/48');
    expect(networkKey('unknown')).toBe('unknown');
  });

  test('counts for itself if it is IPv4, with its /64 if it is IPv6', () => {
    expect(addressKey('192.0.2.1')).toBe('192.0.2.1');
    expect(addressKey('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(addressKey('2001:db8:1:2:3:4:5:6')).toBe(addressKey('2001:db8:1:2::1'));
    expect(addressKey('2001:db8:1:3::1')).not.toBe(addressKey('2001:db8:1:2::1'));
    expect(addressKey('')).toBe('');
  });
});

describe('ranges', () => {
  test('hold what shares their first bits, also across groups', () => {
    const ranges = new AddressRanges(['10.0.0.0/8', '192.0.2.7', '2001:db8::/33', '172.16.0.0/12']);
    const inside = ['10.255.1.2', '::ffff:10.0.0.1', '192.0.2.7', '2001:db8:7fff::1', '172.31.255.255'];
    const outside = ['11.0.0.0', '192.0.2.8', '2001:db8:8000::', '172.32.0.0', 'rubbish', '', '::a00:1'];
    for (const address of inside) expect(ranges.includes(address), address).toBeTrue();
    for (const address of outside) expect(ranges.includes(address), address).toBeFalse();
  });

  test('of no bits hold every address of their kind', () => {
    expect(new AddressRanges(['0.0.0.0/0']).includes('203.0.113.1')).toBeTrue();
    expect(new AddressRanges(['0.0.0.0/0']).includes('2001:db8::1')).toBeFalse();
    expect(new AddressRanges(['::/0']).includes('203.0.113.1')).toBeTrue();
    expect(new AddressRanges([]).includes('203.0.113.1')).toBeFalse();
  });

  test('are refused when they are none', () => {
    for (const text of ['10.0.0.0/33', '::/129', '10.0.0.0/', '/8', '10.0.0.0/8/8', 'a/8', '10.0.0.0/-1'])
      expect(isAddressRange(text), text).toBeFalse();
    expect(() => new AddressRanges(['nonsense'])).toThrow('nonsense is no address');
  });
});
