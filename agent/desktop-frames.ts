/** Between the link's frames and the runtime's words. Pure. */

import { parseId, type SessionId } from '../config/ids.ts';
import { type KasmvncSection, parseKasmvncSection } from '../config/kasmvnc-file.ts';
import type { DesktopRunning, StartDesktop } from '../config/link/link.ts';
import type { DesktopOrder, RunningDesktop } from './runtime/desktop-runtime.ts';

const defaultSize = { width: 1280, height: 800 } as const;
const sideMax = 8192;
const imagePattern = /^[a-z0-9][\w.:/@-]{0,254}$/i;
const taggedPattern = /[^/]:[\w.-]+$|@sha256:[0-9a-f]{64}$/;

/** @returns the order, or what is wrong with it, in words for the user */
export function parseOrder(frame: StartDesktop): DesktopOrder | { readonly problem: string } {
  const sessionId = parseId<SessionId>(frame.sessionId);
  const image = frame.image ?? '';
  const { protocol } = frame;
  if (sessionId === undefined) return { problem: `the session id "${frame.sessionId ?? ''}" is no UUID` };
  if (!imagePattern.test(image)) return { problem: `the image reference "${image}" is not valid` };
  if (!taggedPattern.test(image)) {
    return { problem: `the image ${image} has no tag: name the version to run, such as ${image}:1` };
  }
  if (protocol !== 'rfb' && protocol !== 'kasmvnc') {
    return { problem: `the image's protocol "${protocol ?? ''}" is not one of: kasmvnc, rfb` };
  }
  const kasmvncSection = parseSection(frame);
  if (kasmvncSection === 'broken') {
    return { problem: "the part of the policy for the desktop's kasmvnc.yaml cannot be read" };
  }
  return {
    sessionId,
    image,
    imageIsLocal: frame.imageIsLocal ?? false,
    protocol,
    cores: frame.cores ?? 0,
    memoryBytes: Number(frame.memoryBytes ?? 0),
    environment: frame.environment ?? {},
    hostname: parseHostname(frame.hostname ?? ''),
    width: parseSide(frame.width, defaultSize.width),
    height: parseSide(frame.height, defaultSize.height),
    kasmvncSection,
  };
}

function parseSection({
  protocol,
  kasmvncSectionJson: json,
}: StartDesktop): KasmvncSection | undefined | 'broken' {
  if (protocol !== 'kasmvnc' || json === undefined || json === null || json === '') return undefined;
  return parseKasmvncSection(json) ?? 'broken';
}

/** What a container may be called: letters, digits and hyphens (RFC 1123), 63 at most. */
function parseHostname(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  return name === '' ? 'desktop' : name;
}

function parseSide(side: number | null | undefined, otherwise: number): number {
  return side === undefined || side === null || side < 1 ? otherwise : Math.min(side, sideMax);
}

/** The only place where a desktop's credentials leave the agent: over the link, for the gateway's grant. */
export function runningFrame(desktop: RunningDesktop): DesktopRunning {
  return {
    sessionId: desktop.sessionId,
    upstream: desktop.upstream,
    upstreamAuthorization: desktop.authorization?.reveal() ?? '',
    upstreamPassword: desktop.password?.reveal() ?? '',
    upstreamTlsVerify: desktop.tlsVerify,
    containerId: desktop.containerId,
    containerIp: desktop.containerIp,
    protocol: desktop.protocol,
  };
}
