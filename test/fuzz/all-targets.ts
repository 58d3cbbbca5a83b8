import { addressTargets } from './address-targets.ts';
import { conversationTargets } from './conversation-targets.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { rfbTargets } from './rfb-targets.ts';
import { textTargets } from './text-targets.ts';
import { wireTargets } from './wire-targets.ts';

export const allTargets: readonly FuzzTarget[] = [
  ...wireTargets,
  ...rfbTargets,
  ...conversationTargets,
  ...textTargets,
  ...addressTargets,
];
