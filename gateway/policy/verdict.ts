/** Why policy drops something: switched off, over the size limit, or the user may only watch. */
export type DropReason = 'disabled' | 'size' | 'view_only';

/** What policy says to one event. A reason is a drop. */
export type Verdict = 'pass' | DropReason;
