import type { PolicyDocument } from '../../config/policy.ts';
import { compilePolicy, type Policy } from './compile-policy.ts';

/** More different policies than one gateway has in force; above it, the one that was asked for first is forgotten. */
const policiesMax = 1024;

const ofDocument = new WeakMap<PolicyDocument, Policy>();
const ofText = new Map<string, Policy>();

/**
 * `compilePolicy`, once for all documents that say the same: thousands of streams share what nobody ever changes.
 * A document has nothing but what JSON has: it came as that, and its schema takes no other numbers.
 * @throws as `compilePolicy`
 */
export function compiledPolicy(document: PolicyDocument): Policy {
  const known = ofDocument.get(document);
  if (known !== undefined) return known;
  const text = JSON.stringify(document);
  const policy = ofText.get(text) ?? compilePolicy(document);
  ofDocument.set(document, policy);
  ofText.set(text, policy);
  if (ofText.size > policiesMax) ofText.delete(ofText.keys().next().value!);
  return policy;
}
