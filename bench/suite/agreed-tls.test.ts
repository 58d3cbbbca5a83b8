import { describe, expect, test } from 'bun:test';
import { differenceOf } from './agreed-tls.ts';

describe('the TLS of a relay', () => {
  test('is that of the others', () =>
    expect(differenceOf({ cipher: 'TLS_AES_128_GCM_SHA256', keyAgreement: 'X25519' })).toBeUndefined());

  test('is another when the cipher is', () => {
    const difference = differenceOf({ cipher: 'TLS_AES_256_GCM_SHA384', keyAgreement: 'X25519' });
    expect(difference).toStartWith('the cipher TLS_AES_256_GCM_SHA384, where');
  });

  test('is another when the key agreement is, or has no name', () => {
    const difference = differenceOf({ cipher: 'TLS_AES_128_GCM_SHA256', keyAgreement: '' });
    expect(difference).toStartWith('the key agreement unknown, where');
  });
});
