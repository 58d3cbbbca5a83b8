/** x11vnc, which shows the screen of another X server, through the gateway in noVNC and in TigerVNC's viewer. */
import { describe, expect, test } from 'bun:test';
import { clientCutText, readServerCutText } from '../harness/rfb-viewer.ts';
import { startX11vnc, startXvfb, type VncServer, type Xvfb } from '../harness/vnc-servers.ts';
import {
  copyOn,
  cutOn,
  type PaintedDesktop,
  paintDesktop,
  pastedOn,
  textOn,
} from '../harness/vnc-servers-desktop.ts';
import { countDrawnPixels, likeness } from '../harness/vnc-servers-screen.ts';
import { CompatStage, fewColoursTolerance, setUpServers } from '../harness/vnc-servers-stage.ts';
import { waitFor } from '../harness/wait-for.ts';

/** JPEG rounds. */
const jpegTolerance = 48;
/** The pointer is drawn into the picture of the desktop. */
const pointerShare = 0.01;
let xvfb: Xvfb;
let painted: PaintedDesktop;
let open: VncServer;
let locked: VncServer;
let stage: CompatStage;

const withServers = setUpServers(async stack => {
  xvfb = stack.use(await startXvfb(640, 480));
  painted = stack.use(await paintDesktop(xvfb.display));
  open = stack.use(await startX11vnc(xvfb));
  locked = stack.use(await startX11vnc(xvfb, 'open-me'));
  stage = stack.use(
    await CompatStage.start({
      open: { port: open.port },
      locked: { port: locked.port, password: 'open-me' },
    }),
  );
});

describe.skipIf(!withServers)('x11vnc in noVNC', () => {
  test('shows the desktop, and clicks and keys reach it', async () => {
    const truth = await xvfb.readScreen();
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

  test('takes what is pasted in the browser', async () => {
    await using novnc = await stage.openNovnc('open');
    await waitFor('the desktop to hold it', async () => {
      // It drops what comes before it has made the window that owns its clipboard.
      await novnc.paste('from the browser');
      return (await textOn(xvfb.display)) === 'from the browser';
    });
  });

  test('with a password opens without a question', async () => {
    await using novnc = await stage.openNovnc('locked');
    await waitFor('noVNC to show the desktop', async () => {
      return likeness(await xvfb.readScreen(), await novnc.picture(), jpegTolerance) > 1 - pointerShare;
    });
  });
});

/** A program of the desktop of the old kind copies something: x11vnc passes that on at once. */
function cut(): Promise<void> {
  return cutOn(xvfb.display, crypto.randomUUID());
}

describe.skipIf(!withServers)("x11vnc in TigerVNC's viewer", () => {
  test.each([
    { encoding: 'Raw', key: 'r', x: 310 },
    { encoding: 'Hextile', key: 'h', x: 320 },
    { encoding: 'ZRLE', key: 'z', x: 330 },
    { encoding: 'Tight', key: 't', x: 340 },
  ])('asked for $encoding, shows every pixel, and clicks and keys reach the desktop', async row => {
    const parameters = ['-AutoSelect=0', `-PreferredEncoding=${row.encoding}`, '-NoJPEG=1'];
    await using native = await stage.openGuarded('open', parameters);
    await waitFor('the viewer to show the desktop', async () => {
      const shown = await native.viewer.picture(640, 480);
      return likeness(await xvfb.readScreen(), shown, 0) > 1 - pointerShare;
    });
    await native.viewer.click(row.x, 300);
    await painted.heardClick(row.x, 300);
    await native.viewer.key(row.key);
    await painted.heardKey(row.key);
    await stage.catches(cut);
  });

  test.each(['Raw', 'Hextile', 'ZRLE', 'Tight'])(
    'shows the desktop in 256 colours, asked for %s',
    async encoding => {
      const parameters = ['-AutoSelect=0', '-FullColor=0', `-PreferredEncoding=${encoding}`, '-NoJPEG=1'];
      await using native = await stage.openGuarded('open', parameters);
      await waitFor('the viewer to show the desktop', async () => {
        const shown = await native.viewer.picture(640, 480);
        return likeness(await xvfb.readScreen(), shown, fewColoursTolerance) > 1 - pointerShare;
      });
      await stage.catches(cut);
    },
  );

  test('shows the desktop with the settings it comes with, behind a password', async () => {
    await using native = await stage.openNative('locked');
    await waitFor('the viewer to show the desktop', async () => {
      const shown = await native.viewer.picture(640, 480);
      return likeness(await xvfb.readScreen(), shown, jpegTolerance) > 1 - pointerShare;
    });
  });
});

// Debian 12's libvncserver answers the extended clipboard in x11vnc's name, which has never heard of it: what is
// copied on the desktop arrives only in viewers that don't ask for that, with a gateway between or without.
test.skipIf(!withServers)('x11vnc shares the plain clipboard both ways', async () => {
  await using stream = await stage.openPlain('open');
  stream.send(clientCutText('pasted in the viewer'));
  await pastedOn(xvfb.display, 'pasted in the viewer');
  // It keeps selections to itself until a viewer has been there for 15 s; the cut buffer tells it at once.
  await cutOn(xvfb.display, 'cut on the desktop');
  expect(await readServerCutText(stream)).toBe('cut on the desktop');
  await using _owner = await copyOn(xvfb.display, 'copied on the desktop');
  expect(await readServerCutText(stream)).toBe('copied on the desktop');
});
