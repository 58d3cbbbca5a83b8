/** How long the two sides of a stream have at its end. One that is cut gets half a second for each step. */
import { limits } from '../../config/limits.ts';
import { type CloseReasonName, closeReasons } from './close-reason.ts';

const isCut = (reason: CloseReasonName): boolean => closeReasons[reason].side === 'control';

/** To take what is on its way. */
export function drainTimeMs(reason: CloseReasonName): number {
  return isCut(reason) ? limits.cutDrainTimeMs : limits.closeDrainTimeMs;
}

/** To close: for a client from the close frame on, for a desktop from the end on. */
export function closeTimeMs(reason: CloseReasonName): number {
  return isCut(reason) ? limits.cutDrainTimeMs : limits.closeHandshakeTimeMs;
}
