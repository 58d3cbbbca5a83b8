/** Runs in the browser: noVNC as its own pages use it, in the hands of a test. */
import RFB from '@novnc/novnc';

/** What has happened to one connection. */
interface NovncReport {
  state: 'connecting' | 'connected' | 'disconnected';
  clean: boolean | undefined;
  desktopName: string;
  /** Last clipboard text that came. */
  clipboard: string | undefined;
}

interface NovncPage {
  rfb?: RFB;
  report: NovncReport;
  open(address: string, settings: { resizeSession: boolean }): void;
}

declare global {
  interface Window {
    novnc: NovncPage;
  }
}

function newReport(): NovncReport {
  return { state: 'connecting', clean: undefined, desktopName: '', clipboard: undefined };
}

window.novnc = {
  report: newReport(),
  open(address, settings) {
    const screen = document.createElement('div');
    document.body.replaceChildren(screen);
    screen.style.cssText = 'width: 100vw; height: 100vh';
    const report = newReport();
    const rfb = new RFB(screen, address, { shared: true });
    rfb.resizeSession = settings.resizeSession;
    rfb.addEventListener('connect', () => {
      report.state = 'connected';
    });
    rfb.addEventListener('disconnect', event => {
      report.state = 'disconnected';
      report.clean = event.detail.clean;
    });
    rfb.addEventListener('desktopname', event => {
      report.desktopName = event.detail.name;
    });
    rfb.addEventListener('clipboard', event => {
      report.clipboard = event.detail.text;
    });
    this.rfb = rfb;
    this.report = report;
  },
};
