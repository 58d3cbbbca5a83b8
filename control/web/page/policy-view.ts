/** What the viewer shows of its session's policy: the “Why?” panel and the watermark. One reading serves both. */
import type { SessionId } from '../../../config/ids.ts';
import { type PolicyReport, readPolicyReport } from './policy-report.ts';
import { WatermarkLayer } from './watermark-layer.ts';
import { WhyPanel } from './why-panel.ts';

/** A policy may change and a watermark may tell the time: minutes do for both. */
const readAgainMs = 30_000;

interface PolicyViewListener {
  onReport(report: PolicyReport): void;
  /** The panel lets go of the keyboard. */
  onClose(): void;
}

export class PolicyView {
  readonly panel: WhyPanel;
  readonly watermark = new WatermarkLayer();
  readonly #sessionId: SessionId;
  readonly #onReport: (report: PolicyReport) => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(sessionId: SessionId, listener: PolicyViewListener) {
    this.#sessionId = sessionId;
    this.#onReport = report => listener.onReport(report);
    this.panel = new WhyPanel({ read: () => this.#read(), onClose: () => listener.onClose() });
  }

  /** The desktop is on the screen. */
  connected(): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => void this.#read(), readAgainMs);
    void this.#read();
  }

  leave(): void {
    clearInterval(this.#timer);
    this.watermark.leave();
  }

  async #read(): Promise<PolicyReport | undefined> {
    const report = await readPolicyReport(this.#sessionId);
    // What was drawn stays when the gateway says nothing: it did not say that there is no watermark.
    if (report === undefined) return undefined;
    this.watermark.show(report.watermark, report.username);
    this.#onReport(report);
    return report;
  }
}
