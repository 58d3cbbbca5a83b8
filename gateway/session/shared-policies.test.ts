import { describe, expect, test } from 'bun:test';
import { type PolicyDocument, parsePolicy } from '../../config/policy.ts';
import { SharedPolicies } from './shared-policies.ts';

const open = (): PolicyDocument => parsePolicy({ access: 'full' });
const closed = (): PolicyDocument => parsePolicy({ access: 'view_only' });

describe('policies that come as text', () => {
  test('are read once, and one document for all that say the same', () => {
    const policies = new SharedPolicies();
    const first = policies.of('a', open);
    expect(policies.of('b', closed).access).toBe('view_only');
    expect(policies.of('a', closed)).toBe(first);
  });

  test('that can not be read are read anew', () => {
    const policies = new SharedPolicies();
    const fail = (): PolicyDocument => {
      throw new Error('no policy');
    };
    expect(() => policies.of('a', fail)).toThrow('no policy');
    expect(policies.of('a', open).access).toBe('full');
  });

  test('above their limit are forgotten, the one that came first before the others', () => {
    const policies = new SharedPolicies(2);
    for (const text of ['a', 'b', 'c']) policies.of(text, open);
    expect(policies.of('b', closed).access).toBe('full');
    expect(policies.of('a', closed).access).toBe('view_only');
  });
});
