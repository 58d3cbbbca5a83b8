/** Debian's Chromium, driven by playwright-core, with a fresh profile and nothing that calls home. */
import { type Browser, chromium, type Page } from 'playwright-core';
import { findProgram } from '../harness/requirements.ts';

const launchArguments = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface BrowserTab extends AsyncDisposable {
  readonly page: Page;
  /** Exceptions, and what a policy in our headers refused, as the page's console said it. */
  readonly complaints: readonly string[];
}

/**
 * A browser with one tab that accepts self-signed certificates.
 * @param clipboardOrigin pages of this origin may read and write the clipboard unasked; without it, as browsers do it
 *   by themselves: no reading, writing only after a click or a key
 */
export async function openBrowser(clipboardOrigin?: string): Promise<BrowserTab> {
  const executablePath = findProgram('chromium');
  if (executablePath === undefined) throw new Error('chromium is not installed');
  const browser: Browser = await chromium.launch({ executablePath, args: launchArguments });
  try {
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      viewport: { width: 1280, height: 800 },
    });
    context.setDefaultTimeout(30_000);
    if (clipboardOrigin !== undefined) {
      await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: clipboardOrigin });
    }
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', error => complaints.push(error.message));
    page.on('console', message => {
      if (
        /content security policy|permissions policy|permissions-policy|cross-origin|uncaught/i.test(
          message.text(),
        )
      )
        complaints.push(message.text());
    });
    return { page, complaints, [Symbol.asyncDispose]: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
