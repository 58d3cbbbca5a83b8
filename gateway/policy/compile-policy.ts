import {
  type DataLossPrevention,
  dataLossPreventionSchema,
  type PolicyDocument,
} from '../../config/policy.ts';

/** A policy document as flat values to be looked up per message. The strictest of its parts holds. */
export interface Policy {
  readonly viewOnly: boolean;
  readonly keyboard: boolean;
  readonly clipboardUp: boolean;
  /** Bytes an item; Infinity without a limit. */
  readonly clipboardUpBytesMax: number;
  readonly clipboardDown: boolean;
  /** Bytes an item; Infinity without a limit. */
  readonly clipboardDownBytesMax: number;
}

/** Nothing passes that a policy can forbid: in force until a document is there. */
export const denyAll: Policy = {
  viewOnly: true,
  keyboard: false,
  clipboardUp: false,
  clipboardUpBytesMax: 0,
  clipboardDown: false,
  clipboardDownBytesMax: 0,
};

/**
 * Flattens a document. A thing is allowed when `access`, each setting and each data_loss_prevention section
 * (the document's own, and the one among the settings) allow it; of several limits the smallest holds.
 * @throws ZodError when the section among the settings is no data_loss_prevention section.
 */
export function compilePolicy(document: PolicyDocument): Policy {
  const settings = document.settings;
  const sections: DataLossPrevention[] = [document.data_loss_prevention];
  if (settings.data_loss_prevention !== undefined) {
    sections.push(dataLossPreventionSchema.parse(settings.data_loss_prevention));
  }
  const up = sections.map(section => section.clipboard.client_to_server);
  const down = sections.map(section => section.clipboard.server_to_client);
  return {
    viewOnly: document.access !== 'full' || settings.view_only === true,
    keyboard: settings.allow_keyboard !== false && sections.every(section => section.keyboard.enabled),
    clipboardUp: settings.allow_kasm_clipboard_up !== false && up.every(side => side.enabled),
    clipboardUpBytesMax: smallest([settings.clipboard_up_bytes_max, ...up.map(side => side.size)]),
    clipboardDown: settings.allow_kasm_clipboard_down !== false && down.every(side => side.enabled),
    clipboardDownBytesMax: smallest([settings.clipboard_down_bytes_max, ...down.map(side => side.size)]),
  };
}

/** The smallest limit; absent, `unlimited` and 0 (as in KasmVNC) are none. */
function smallest(values: ReadonlyArray<number | 'unlimited' | undefined>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const value of values) {
    if (typeof value === 'number' && value > 0 && value < least) least = value;
  }
  return least;
}
