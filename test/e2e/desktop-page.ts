/** What a user sees and does in the pages, for the tests. */
import type { Page } from 'playwright-core';
import { waitFor } from '../harness/wait-for.ts';

export class DesktopPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async signIn(address: string, username: string, password: string): Promise<void> {
    await this.page.goto(`${address}/`);
    await this.page.getByLabel('User name').fill(username);
    await this.page.getByLabel('Password').fill(password);
    await this.page.keyboard.press('Enter');
    await this.page.getByRole('heading', { name: 'Launch' }).waitFor();
  }

  /** Clicks a card and waits for the desktop. @returns the session's id */
  async launch(image: string): Promise<string> {
    await this.page.locator('.card', { hasText: image }).click();
    await this.page.getByRole('button', { name: 'Cancel' }).waitFor();
    await this.page.locator('.viewer.connected').waitFor({ timeout: 60_000 });
    const id = /#\/connect\/kasm\/([0-9a-f-]{36})\//.exec(this.page.url())?.[1];
    if (id === undefined) throw new Error(`the address ${this.page.url()} is no viewer's`);
    return id;
  }

  /** How many colours the desktop shows; 1 is a blank screen. */
  async colours(): Promise<number> {
    return new Set(await this.#pixels()).size;
  }

  /** A number that changes with the picture. */
  async pictureHash(): Promise<bigint> {
    const pixels = await this.#pixels();
    return BigInt(Bun.hash(Uint32Array.from(pixels)));
  }

  /** Waits for the desktop's terminal, which is white, and gives it the keyboard. */
  async focusTerminal(): Promise<void> {
    const spot = { x: 300, y: 300 };
    await waitFor(
      'the terminal to appear',
      async () => {
        await this.page.mouse.click(spot.x, spot.y);
        return (await this.#pixelAt(spot.x + 20, spot.y + 40)) === 0xffffffff;
      },
      30_000,
    );
    await this.page.mouse.click(spot.x, spot.y);
  }

  /** Types a command and Enter. The pauses are those of a fast typist: X programs drop keys that come all at once. */
  async type(command: string): Promise<void> {
    await this.page.keyboard.type(`${command}\n`, { delay: 12 });
  }

  /** Adds to a failure what the page said at that moment. */
  async explain<T>(step: Promise<T>): Promise<T> {
    try {
      return await step;
    } catch (error) {
      const text = await this.page.evaluate(() => document.body.innerText).catch(String);
      const place = await this.page
        .evaluate(() => document.activeElement?.outerHTML.slice(0, 80))
        .catch(String);
      throw new Error(`${String(error)}; the page says ${JSON.stringify(text)}; the keyboard is at ${place}`);
    }
  }

  /** Puts text on the local clipboard, then brings the pointer back into the desktop, as after copying elsewhere. */
  async copyOutside(text: string): Promise<void> {
    await this.page.evaluate(copied => navigator.clipboard.writeText(copied), text);
    await this.page.mouse.move(640, 4);
    await this.page.mouse.move(640, 400, { steps: 4 });
  }

  clipboardOutside(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** Waits until a toast says this. */
  async toast(text: string): Promise<void> {
    await this.page.locator('.toast', { hasText: text }).first().waitFor();
  }

  async dismissToasts(): Promise<void> {
    const toasts = this.page.locator('.toast');
    while ((await toasts.count()) > 0) await toasts.first().getByLabel('Dismiss').click();
  }

  /** The notice over a desktop that is not connected. */
  async notice(title: string): Promise<void> {
    await this.page.locator('.notice.stopped').getByRole('heading', { name: title }).waitFor();
  }

  /** From the control strip, by keyboard alone. */
  async endSession(): Promise<void> {
    await this.page.keyboard.press('Control+Alt+Shift');
    await this.page.getByRole('button', { name: 'End session' }).focus();
    await this.page.keyboard.press('Enter');
    await this.page.getByRole('dialog').getByRole('button', { name: 'End session' }).press('Enter');
    await this.page.getByRole('heading', { name: 'Launch' }).waitFor();
  }

  #pixels(): Promise<number[]> {
    return this.page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.screen canvas');
      const context = canvas?.getContext('2d');
      if (!canvas || !context || canvas.width === 0) return [];
      const picture = context.getImageData(0, 0, canvas.width, canvas.height);
      // Every 61st pixel of a 1280-wide picture: coarse enough to travel, fine enough to see a letter change.
      return [...new Uint32Array(picture.data.buffer)].filter((_, index) => index % 61 === 0);
    });
  }

  #pixelAt(x: number, y: number): Promise<number> {
    return this.page.evaluate(
      at => {
        const canvas = document.querySelector<HTMLCanvasElement>('.screen canvas');
        const pixel = canvas?.getContext('2d')?.getImageData(at.x, at.y, 1, 1);
        return pixel === undefined ? 0 : (new Uint32Array(pixel.data.buffer)[0] ?? 0);
      },
      { x, y },
    );
  }
}
