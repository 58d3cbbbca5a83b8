/** TigerVNC's server through the gateway, in noVNC and in TigerVNC's own viewer. */
import { describe, expect, test } from 'bun:test';
import {
  copyOn,
  type PaintedDesktop,
  paintDesktop,
  pastedOn,
  sizeOfDisplay,
} from '../harness/vnc-servers-desktop.ts';
import { countDrawnPixels, likeness, type Picture, readServerScreen } from '../harness/vnc-servers-screen.ts';
import { CompatStage, fewColoursTolerance, setUpServers } from '../harness/vnc-servers-stage.ts';
import { waitFor } from '../harness/wait-for.ts';
import { startXvnc, type Xvnc } from '../harness/xvnc.ts';

/** JPEG rounds. */
const jpegTolerance = 48;
/** Beside what is painted anew, JPEG may round more than that, until the server sends it once more. */
const roundedShare = 0.05;
/** The X servers draw the pointer into their pictures, each its own. */
const pointerShare = 0.01;
let open: Xvnc;
let locked: Xvnc;
let painted: PaintedDesktop;
let truth: Picture;
let stage: CompatStage;

const withServers = setUpServers(async stack => {
  open = stack.use(await startXvnc());
  locked = stack.use(await startXvnc({ width: 320, height: 200, password: 'open-me' }));
  painted = stack.use(await paintDesktop(open.display));
  truth = await readServerScreen(open.port);
  stage = stack.use(
    await CompatStage.start({
      open: { port: open.port },
      locked: { port: locked.port, password: 'open-me' },
    }),
  );
});

describe.skipIf(!withServers)('TigerVNC in noVNC', () => {
  test('shows the desktop, and clicks and keys reach it', async () => {
    expect(countDrawnPixels(truth)).toBeGreaterThan(100_000);
    await using novnc = await stage.openNovnc('open');
    await waitFor('noVNC to show the desktop', async () => {
      return likeness(truth, await novnc.picture(), jpegTolerance) > 1 - pointerShare;
    });
    await novnc.click(350, 260);
    await painted.heardClick(350, 260);
    await novnc.key('n');
    await painted.heardKey('n');
  });

  test('shares the clipboard both ways, in any script', async () => {
    await using novnc = await stage.openNovnc('open');
    await using _owner = await copyOn(open.display, 'Grüße vom Schreibtisch – 漢字');
    await novnc.copied('Grüße vom Schreibtisch – 漢字');
    await novnc.paste('из браузера, 5 €');
    await pastedOn(open.display, 'из браузера, 5 €');
  });

  test('behind VncAuth opens without a question, and takes the size of the window', async () => {
    await using novnc = await stage.openNovnc('locked', { resizeSession: true });
    await waitFor('the new size', async () => {
      return Bun.deepEquals(await novnc.size(), { width: 1280, height: 800 });
    });
    expect(await sizeOfDisplay(locked.display)).toBe('1280 800');
  });
});

/** A program of the desktop copies something, and ends. */
async function copy(): Promise<void> {
  await using _owner = await copyOn(open.display, 'a secret');
  await pastedOn(open.display, 'a secret');
}

describe.skipIf(!withServers)("TigerVNC in TigerVNC's viewer", () => {
  test.each([
    // This server takes Raw for having no wish.
    { encoding: 'Raw', served: 'ZRLE', key: 'r', x: 310 },
    { encoding: 'Hextile', served: 'Hextile', key: 'h', x: 320 },
    { encoding: 'ZRLE', served: 'ZRLE', key: 'z', x: 330 },
    { encoding: 'Tight', served: 'Tight', key: 't', x: 340 },
  ])(
    'asked for $encoding, shows every pixel, and clicks and keys reach the desktop',
    async ({ encoding, served, key, x }) => {
      const before = open.log.length;
      {
        const parameters = ['-AutoSelect=0', `-PreferredEncoding=${encoding}`, '-NoJPEG=1'];
        await using native = await stage.openGuarded('open', parameters);
        await waitFor('the viewer to show the desktop', async () => {
          return likeness(truth, await native.viewer.picture(640, 480), 0) > 1 - pointerShare;
        });
        await native.viewer.click(x, 300);
        await painted.heardClick(x, 300);
        await native.viewer.key(key);
        await painted.heardKey(key);
        await stage.catches(copy);
      }
      // Once a viewer has left, the server says what it sent.
      await waitFor('the server to count', () => /EncodeManager: *Total:/.test(open.log.slice(before)));
      expect(open.log.slice(before)).toMatch(new RegExp(`EncodeManager: *${served}.*:\\n`));
    },
  );

  test.each(['Raw', 'Hextile', 'ZRLE', 'Tight'])(
    'shows the desktop in 256 colours, asked for %s',
    async encoding => {
      const parameters = ['-AutoSelect=0', '-FullColor=0', `-PreferredEncoding=${encoding}`, '-NoJPEG=1'];
      await using native = await stage.openGuarded('open', parameters);
      await waitFor('the viewer to show the desktop', async () => {
        const shown = await native.viewer.picture(640, 480);
        return likeness(truth, shown, fewColoursTolerance) > 1 - pointerShare;
      });
      await stage.catches(copy);
    },
  );

  test('goes from 256 colours to all of them while updates come, and the gateway still follows', async () => {
    await using native = await stage.openGuarded('open', ['-AutoSelect=1', '-FullColor=0']);
    await waitFor('the viewer to ask for all colours', () => /depth 8.*depth 24/s.test(native.viewer.log));
    await waitFor('the viewer to show more than 256', async () => {
      const shown = await native.viewer.picture(640, 480);
      return new Set(shown.pixels).size > 256 && likeness(truth, shown, jpegTolerance) > 1 - roundedShare;
    });
    await native.viewer.click(360, 300);
    await painted.heardClick(360, 300);
    await stage.catches(copy);
    expect(native.bridge.reasons).toEqual([]);
  });

  test('shows the desktop with the settings it comes with, JPEG among them', async () => {
    await using native = await stage.openNative('open');
    await waitFor('the viewer to show the desktop', async () => {
      return likeness(truth, await native.viewer.picture(640, 480), jpegTolerance) > 1 - pointerShare;
    });
  });

  test('shares the clipboard both ways', async () => {
    await using _native = await stage.openNative('open');
    await using _owner = await copyOn(open.display, 'copied on the desktop – 漢字');
    await pastedOn(stage.xvfb.display, 'copied on the desktop – 漢字');
    await using _other = await copyOn(stage.xvfb.display, 'copied beside the viewer, 5 €');
    await pastedOn(open.display, 'copied beside the viewer, 5 €');
  });

  test('behind VncAuth opens without a question', async () => {
    await using native = await stage.openNative('locked', ['-SecurityTypes=None']);
    const [width = 0, height = 0] = (await sizeOfDisplay(locked.display)).split(' ').map(Number);
    await waitFor('the white screen', async () => {
      const { pixels } = await native.viewer.picture(width, height);
      return pixels.filter(pixel => pixel === 0xffffff).length > width * height * (1 - pointerShare);
    });
  });
});
