/** What the agent asks of whatever runs desktops on this host. */
import type { KasmvncSection } from '../../config/kasmvnc-file.ts';
import type { Secret } from '../../config/secret.ts';

/** A desktop to start. Times and sizes are checked by control. */
export interface DesktopOrder {
  readonly sessionId: string;
  /** Reference with a tag. The process runtime ignores it. */
  readonly image: string;
  /** The image was built on this host by `npm run image`: never pulled. */
  readonly imageIsLocal: boolean;
  readonly protocol: DesktopProtocol;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly hostname: string;
  readonly width: number;
  readonly height: number;
  /** For the kasmvnc.yaml of a KasmVNC desktop. The process runtime, which has none of those, ignores it. */
  readonly kasmvncSection?: KasmvncSection | undefined;
}

export type DesktopProtocol = 'kasmvnc' | 'rfb';

/** A desktop that answers, and how the gateway reaches it. */
export interface RunningDesktop {
  readonly sessionId: string;
  readonly protocol: DesktopProtocol;
  /** tcp://HOST:PORT or wss://HOST:PORT/websockify */
  readonly upstream: string;
  /** "Basic …" for KasmVNC. */
  readonly authorization: Secret | undefined;
  /** VncAuth, 8 characters, for plain VNC. */
  readonly password: Secret | undefined;
  readonly tlsVerify: boolean;
  readonly containerId: string;
  readonly containerIp: string;
}

export interface DesktopProgressStep {
  readonly phase: 'pulling' | 'creating' | 'starting';
  /** For the user: "pulling 3 of 7 layers". */
  readonly message: string;
  /** 0 to 100. */
  readonly progress: number;
}

/** Thrown by start: the desktop did not come up. Nothing of it is left; the message is for the user. */
export class DesktopStartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DesktopStartError';
  }
}

export interface RuntimeEvents {
  /** A running desktop ended by itself; nothing of it is left. The message is for the user. */
  readonly onDesktopEnded: (sessionId: string, message: string) => void;
  /** The runtime itself is gone (the Docker Engine went down); dispose it and look for one again. */
  readonly onLost: (message: string) => void;
}

export interface DesktopRuntime extends AsyncDisposable {
  readonly kind: 'docker' | 'process';
  readonly version: string;
  /** Desktops that run now, those of an earlier process of this agent among them. */
  desktops(): Promise<readonly RunningDesktop[]>;
  /** References of the images present on this host; empty where there are no images. */
  images(): Promise<readonly string[]>;
  /**
   * Starts a desktop and waits until its VNC server answers.
   * @throws DesktopStartError when it does not come up, AbortError when `signal` stopped it; in both cases nothing
   * of it is left
   */
  start(
    order: DesktopOrder,
    onProgress: (step: DesktopProgressStep) => void,
    signal: AbortSignal,
  ): Promise<RunningDesktop>;
  /** Stops a desktop, gracefully at first, and removes all of it. One that is not there is no error. */
  stop(sessionId: string): Promise<void>;
}
