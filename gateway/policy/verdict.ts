/** Why policy drops something. Viewers, counters and the audit trail know these names. */
export type DropReason =
  /** Switched off. */
  | 'disabled'
  /** The user may only watch. */
  | 'view_only'
  /** The user's access does not cover it, though it covers more than watching. */
  | 'access'
  /** Over the size limit of one item. */
  | 'size'
  /** Over the size limit of one operation. */
  | 'total_size'
  /** Of a kind that may not be copied. */
  | 'mimetype'
  /** In a form that the other side has not said it understands; of a key: at a place that no keyboard has. */
  | 'form'
  /** It had passed, and waited to be sent when the policy changed. */
  | 'withdrawn'
  /** Too soon after the operation before it. */
  | 'delay'
  /** The session has used up its bytes for now. */
  | 'budget'
  /** Keys come faster than allowed; or copies, by number or size, than the gateway looks at. */
  | 'rate'
  /** The press would complete a blocked combination. */
  | 'combination'
  /** A click or scroll outside the visible region. */
  | 'region';

/** What policy says to one event. A reason is a drop. */
export type Verdict = 'pass' | DropReason;
