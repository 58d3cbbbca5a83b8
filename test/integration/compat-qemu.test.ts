/** A machine in QEMU through the gateway, in noVNC and in TigerVNC's viewer: its firmware asks for Esc. */
import { describe, test } from 'bun:test';
import { startQemu, type VncServer } from '../harness/vnc-servers.ts';
import { countDrawnPixels, likeness, type Picture } from '../harness/vnc-servers-screen.ts';
import { CompatStage, fewColoursTolerance, setUpServers } from '../harness/vnc-servers-stage.ts';
import { waitFor } from '../harness/wait-for.ts';

/** The text cursor blinks. */
const cursorShare = 0.02;
/** A line of the firmware's text is about that many lit pixels. */
const lineOfText = 400;
let server: VncServer;
let stage: CompatStage;

const withServers = setUpServers(async stack => {
  server = stack.use(await startQemu());
  stage = stack.use(await CompatStage.start({ server: { port: server.port } }));
  await waitFor(
    'the firmware to ask for Esc',
    async () => countDrawnPixels(await server.readScreen()) > 2 * lineOfText,
    30_000,
  );
});

/** Waits until a viewer shows what the machine's screen holds. */
async function shows(picture: () => Promise<Picture>): Promise<void> {
  await waitFor('the viewer to show the firmware', async () => {
    return likeness(await server.readScreen(), await picture(), 0) > 1 - cursorShare;
  });
}

describe.skipIf(!withServers)('QEMU in noVNC', () => {
  test('shows the firmware, whose menu opens at Esc', async () => {
    await using novnc = await stage.openNovnc('server');
    await shows(() => novnc.picture());
    const before = countDrawnPixels(await novnc.picture());
    await novnc.click(300, 200);
    await novnc.key('Escape');
    await server.printed(/input_event_key_qcode .* esc, down 1/);
    await waitFor('the menu', async () => {
      return countDrawnPixels(await novnc.picture()) > before + lineOfText / 2;
    });
    await shows(() => novnc.picture());
  });

  test('shares the clipboard between two viewers', async () => {
    await using one = await stage.openNovnc('server');
    await using other = await stage.openNovnc('server', { page: await stage.openTab() });
    await one.paste('from one to the other – 漢字');
    await other.copied('from one to the other – 漢字');
    await other.paste('and back');
    await one.copied('and back');
  });
});

/** Another viewer pastes, which QEMU tells all viewers of. */
async function pasteElsewhere(): Promise<void> {
  await using novnc = await stage.openNovnc('server');
  await novnc.paste(crypto.randomUUID());
}

describe.skipIf(!withServers)("QEMU in TigerVNC's viewer", () => {
  test.each([
    { encoding: 'Raw', key: 'r' },
    { encoding: 'Hextile', key: 'h' },
    { encoding: 'ZRLE', key: 'z' },
    { encoding: 'Tight', key: 't' },
  ])('asked for $encoding, shows every pixel, and keys reach the machine', async ({ encoding, key }) => {
    const parameters = ['-AutoSelect=0', `-PreferredEncoding=${encoding}`, '-NoJPEG=1'];
    await using native = await stage.openGuarded('server', parameters);
    const { width, height } = await server.readScreen();
    await shows(() => native.viewer.picture(width, height));
    await native.viewer.key(key);
    await server.printed(new RegExp(`input_event_key_qcode .* ${key}, down 1`));
    await stage.catches(pasteElsewhere);
  });

  test.each(['Raw', 'Hextile', 'ZRLE', 'Tight'])(
    'shows the desktop in 256 colours, asked for %s',
    async encoding => {
      const parameters = ['-AutoSelect=0', '-FullColor=0', `-PreferredEncoding=${encoding}`, '-NoJPEG=1'];
      await using native = await stage.openGuarded('server', parameters);
      const { width, height } = await server.readScreen();
      await waitFor('the viewer to show the desktop', async () => {
        const shown = await native.viewer.picture(width, height);
        return likeness(await server.readScreen(), shown, fewColoursTolerance) > 1 - cursorShare;
      });
      await stage.catches(pasteElsewhere);
    },
  );

  test('shows the firmware with the settings it comes with, and clicks reach the machine', async () => {
    await using native = await stage.openNative('server');
    const { width, height } = await server.readScreen();
    await shows(() => native.viewer.picture(width, height));
    await native.viewer.click(200, 100);
    await server.printed(/input_event_btn .*down 1/);
  });
});
