/** A desktop made with libvncserver, through the gateway in noVNC and in TigerVNC's viewer. */
import { describe, expect, test } from 'bun:test';
import { clientCutText, readServerCutText } from '../harness/rfb-viewer.ts';
import { startLibvncserver, type VncServer } from '../harness/vnc-servers.ts';
import { copyOn, pastedOn } from '../harness/vnc-servers-desktop.ts';
import { countDrawnPixels, likeness } from '../harness/vnc-servers-screen.ts';
import { CompatStage, fewColoursTolerance, setUpServers } from '../harness/vnc-servers-stage.ts';
import { waitFor } from '../harness/wait-for.ts';

/** JPEG rounds. */
const jpegTolerance = 64;
/** The pointer is drawn into the picture of a viewer that leaves it to the server. */
const pointerShare = 0.02;
let server: VncServer;
let stage: CompatStage;

const withServers = setUpServers(async stack => {
  server = stack.use(await startLibvncserver());
  stage = stack.use(await CompatStage.start({ server: { port: server.port } }));
});

/** Copies something beside the viewer, which the desktop says back. */
async function askForEcho(): Promise<void> {
  const text = crypto.randomUUID();
  await using _owner = await copyOn(stage.xvfb.display, text);
  await server.printed(`extended text: ${text}`);
}

describe.skipIf(!withServers)("libvncserver in TigerVNC's viewer", () => {
  test.each([
    { encoding: 'Raw', key: 'r', x: 300 },
    { encoding: 'Hextile', key: 'h', x: 320 },
    { encoding: 'ZRLE', key: 'z', x: 340 },
    { encoding: 'Tight', key: 't', x: 360 },
  ])('asked for $encoding, shows every pixel, and clicks and keys change the picture', async row => {
    {
      const parameters = ['-AutoSelect=0', `-PreferredEncoding=${row.encoding}`, '-NoJPEG=1'];
      await using native = await stage.openGuarded('server', parameters);
      await native.viewer.click(row.x, 300);
      await server.printed(`pointer ${row.x},300 buttons 1`);
      await native.viewer.key(row.key);
      await server.printed(`key 0x${row.key.charCodeAt(0).toString(16)} down`);
      const truth = await server.readScreen();
      // What the click drew stands in a coloured ground.
      expect(truth.pixels[305 * truth.width + row.x + 5]).toBe(0xffffff);
      await waitFor('the viewer to show the desktop', async () => {
        return likeness(truth, await native.viewer.picture(640, 480), 0) > 1 - pointerShare;
      });
      await stage.catches(askForEcho);
    }
    await server.printed(new RegExp(`^.* ${row.encoding.toLowerCase()} +: +[1-9]`, 'im'));
  });

  test.each(['Raw', 'Hextile', 'ZRLE', 'Tight'])(
    'shows the desktop in 256 colours, asked for %s',
    async encoding => {
      const parameters = ['-AutoSelect=0', '-FullColor=0', `-PreferredEncoding=${encoding}`, '-NoJPEG=1'];
      await using native = await stage.openGuarded('server', parameters);
      await waitFor('the viewer to show the desktop', async () => {
        const shown = await native.viewer.picture(640, 480);
        return likeness(await server.readScreen(), shown, fewColoursTolerance) > 1 - pointerShare;
      });
      await stage.catches(askForEcho);
    },
  );

  test('shows the desktop with the settings it comes with', async () => {
    await using native = await stage.openNative('server');
    await waitFor('the viewer to show the desktop', async () => {
      const shown = await native.viewer.picture(640, 480);
      return likeness(await server.readScreen(), shown, jpegTolerance) > 1 - pointerShare;
    });
  });

  test('shares the clipboard both ways, in any script', async () => {
    await using _native = await stage.openNative('server');
    await using _owner = await copyOn(stage.xvfb.display, 'copied beside the viewer, 漢字');
    await server.printed('extended text: copied beside the viewer, 漢字');
    await pastedOn(stage.xvfb.display, 'echo of copied beside the viewer, 漢字');
  });
});

describe.skipIf(!withServers)('libvncserver in noVNC', () => {
  test('shows the desktop, and clicks and keys reach it', async () => {
    await using novnc = await stage.openNovnc('server');
    await novnc.click(400, 300);
    await server.printed('pointer 400,300 buttons 1');
    await novnc.key('n');
    await server.printed('key 0x6e down');
    const truth = await server.readScreen();
    expect(countDrawnPixels(truth)).toBeGreaterThan(100_000);
    await waitFor('noVNC to show the desktop', async () => {
      return likeness(truth, await novnc.picture(), jpegTolerance) > 1 - pointerShare;
    });
  });

  // This server does not say that it takes offers, so noVNC pastes in the plain form; what it copies is extended.
  test('shares the clipboard both ways', async () => {
    await using novnc = await stage.openNovnc('server');
    await novnc.paste('from the browser');
    await server.printed('plain text: from the browser');
    await novnc.copied('echo of from the browser');
  });

  test('follows the desktop to another size', async () => {
    await using novnc = await stage.openNovnc('server');
    await novnc.click(10, 470);
    await novnc.key('ArrowUp');
    await waitFor('the new size', async () => {
      return Bun.deepEquals(await novnc.size(), { width: 800, height: 600 });
    });
    await waitFor('the new picture', async () => {
      return likeness(await server.readScreen(), await novnc.picture(), jpegTolerance) > 1 - pointerShare;
    });
  });
});

test.skipIf(!withServers)('libvncserver shares the plain clipboard both ways', async () => {
  await using stream = await stage.openPlain('server');
  stream.send(clientCutText('pasted in the viewer'));
  await server.printed('plain text: pasted in the viewer');
  expect(await readServerCutText(stream)).toBe('echo of pasted in the viewer');
});
