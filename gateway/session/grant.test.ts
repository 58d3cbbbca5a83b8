import { expect, test } from 'bun:test';
import { parsePolicy } from '../../config/policy.ts';
import { policyFor } from './grant.ts';

test('a policy holds for a token as it is, unless the token may do less', () => {
  const policy = parsePolicy({ access: 'full', data_loss_prevention: { keyboard: { enabled: false } } });
  // The same document: its compiled form is found by it.
  expect(policyFor('full', policy)).toBe(policy);
  expect(policyFor('view_only', policy)).toEqual({ ...policy, access: 'view_only' });
  const narrow = parsePolicy({ access: 'view_only' });
  expect(policyFor('full', narrow)).toBe(narrow);
});
