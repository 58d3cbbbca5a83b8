import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { parse } from 'yaml';
import type { DesktopOrder, DesktopRuntime, RunningDesktop } from '../../agent/runtime/desktop-runtime.ts';
import { connectEngine, type DockerEngine } from '../../agent/runtime/docker-connection.ts';
import { startDockerRuntime } from '../../agent/runtime/docker-runtime.ts';
import { demultiplex } from '../../agent/runtime/log-frames.ts';
import type { KasmvncSection } from '../../config/kasmvnc-file.ts';
import { createLog } from '../../config/log.ts';
import { createSelfSigned } from '../../gateway/certificate/self-signed.ts';
import { needs, testEnvironment } from '../harness/requirements.ts';

const socket = testEnvironment.dockerSocket ?? '';
const workspaceImage = testEnvironment.workspaceImage ?? '';
const agentId = crypto.randomUUID();

/**
 * What of a KasmVNC container matters to the agent: a web server with a certificate of its own on 6901, behind Basic
 * authorisation with the password from the environment, that has read its kasmvnc.yaml when it started, which is what it
 * answers here. (Its real images come from a registry, which tests do without.)
 */
const front = `
import base64, http.server, os, ssl
wanted = 'Basic ' + base64.b64encode(('kasm_user:' + os.environ['VNC_PW']).encode()).decode()
try:
    told = open('/etc/kasmvnc/kasmvnc.yaml', 'rb').read()
except OSError:
    told = b'no file'
class Front(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        allowed = self.headers.get('Authorization') == wanted
        self.send_response(200 if allowed else 401)
        self.end_headers()
        self.wfile.write(told if allowed else b'')
open('/tmp/front.pem', 'w').write(os.environ['FRONT_PEM'])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('/tmp/front.pem')
server = http.server.HTTPServer(('', 6901), Front)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
`;

/** The part of a policy that goes into the file. */
const kasmvncSection = {
  watermark: { text: { template: 'alice %H:%M', font_size: 20 }, tint: '255,20,20,128' },
  visible_region: { left: 10, top: 10, right: -10, bottom: -10 },
  clipboard: { server_to_client: { primary_clipboard_enabled: true } },
};

/** As images have it: with comments, and a watermark that is not to stay beside ours. */
const ownFile = `---
network:
  # ours
  websocket_port: 06901
data_loss_prevention:
  watermark:
    image: /etc/kasmvnc/logo.png
  clipboard:
    server_to_client:
      size: 10000
`;

describe.skipIf(!needs('docker', 'workspace-image'))('KasmVNC containers', () => {
  let engine: DockerEngine;
  let runtime: DesktopRuntime;
  const { certificate, privateKey } = createSelfSigned(['kasmvnc'], Date.now());
  const made: string[] = [];
  const logged: string[] = [];

  /** The image of a KasmVNC front, after a command has been at its files. */
  const makeImage = async (name: string, command = 'true'): Promise<string> => {
    const container = await engine.createContainer({
      Image: workspaceImage,
      Entrypoint: ['sh', '-c', command],
      User: 'root',
    });
    try {
      await container.start();
      expect(await container.wait()).toMatchObject({ StatusCode: 0 });
      const entry = JSON.stringify(['/usr/bin/tini', '--', '/usr/bin/python3', '-c', front]);
      const repo = `sluice-test/kasmvnc-${name}`;
      await container.commit({ repo, tag: '1', changes: `USER 1000\nENTRYPOINT ${entry}` });
      made.push(`${repo}:1`);
      return `${repo}:1`;
    } finally {
      await container.remove({ force: true });
    }
  };

  const start = (
    image: string,
    changes: Partial<DesktopOrder> = {},
    messages: string[] = [],
  ): Promise<RunningDesktop> =>
    runtime.start(
      {
        sessionId: crypto.randomUUID(),
        image,
        imageIsLocal: true,
        protocol: 'kasmvnc',
        cores: 1,
        memoryBytes: 256 * 1024 * 1024,
        environment: { FRONT_PEM: certificate + privateKey },
        hostname: 'desk',
        width: 1024,
        height: 768,
        ...changes,
      },
      step => messages.push(step.message),
      new AbortController().signal,
    );

  const ask = (desktop: RunningDesktop, headers: Record<string, string>): Promise<Response> =>
    fetch(`https://${desktop.containerIp}:6901/`, { headers, tls: { rejectUnauthorized: false } });

  const credential = (desktop: RunningDesktop) => ({ authorization: desktop.authorization?.reveal() ?? '' });

  /** What a command prints in the container, as its user. */
  const printed = async (containerId: string, command: string): Promise<string> => {
    const run = await engine
      .getContainer(containerId)
      .exec({ Cmd: ['sh', '-c', `${command} 2>&1`], AttachStdout: true, User: 'user' });
    const chunks: Uint8Array[] = [];
    for await (const chunk of await run.start({})) chunks.push(chunk as unknown as Uint8Array);
    return demultiplex(Buffer.concat(chunks));
  };

  const failureOf = (starting: Promise<unknown>): Promise<string> =>
    starting.then(
      () => 'it started',
      error => `${error.name}: ${error.message}`,
    );

  const containers = async (): Promise<readonly string[]> => {
    const filters = { label: [`sluice.agent=${agentId}`] };
    return (await engine.listContainers({ all: true, filters })).map(({ Id }) => Id);
  };

  beforeAll(async () => {
    engine = connectEngine({ socket });
    runtime = await startDockerRuntime({
      address: { socket },
      agentId,
      log: createLog({ program: 'agent', level: 'warn', write: line => logged.push(line), now: Date.now }),
      events: { onDesktopEnded: () => {}, onLost: () => {} },
    });
  });

  afterEach(async () => {
    // So that what one test left behind fails that test alone.
    for (const id of await containers()) await engine.getContainer(id).remove({ force: true });
  });

  afterAll(async () => {
    await runtime[Symbol.asyncDispose]();
    for (const name of made) await engine.getImage(name).remove({ force: true });
  });

  test('run once their web server answers, and are reached with their own user and password', async () => {
    const desktop = await start(await makeImage('front'));
    expect(desktop.upstream).toBe(`wss://${desktop.containerIp}:6901/websockify`);
    expect(desktop.tlsVerify).toBeFalse();
    const answer = await ask(desktop, credential(desktop));
    expect(answer.status).toBe(200);
    // Nothing was to be told: the image's file, which there is not, is left alone.
    expect(await answer.text()).toBe('no file');
    expect((await ask(desktop, {})).status).toBe(401);
    await runtime.stop(desktop.sessionId);
    expect(await containers()).toEqual([]);
  });

  describe('find a part of the policy in their kasmvnc.yaml before they start', () => {
    const look = async (image: string): Promise<{ text: string; stat: string; folder: string }> => {
      const desktop = await start(image, { kasmvncSection });
      const { containerId } = desktop;
      try {
        return {
          text: await (await ask(desktop, credential(desktop))).text(),
          stat: await printed(containerId, 'stat -c "%a %U:%G %F" /etc/kasmvnc/kasmvnc.yaml'),
          folder: await printed(containerId, 'stat -c "%a %U:%G" /etc /etc/kasmvnc; ls /etc/kasmvnc'),
        };
      } finally {
        await runtime.stop(desktop.sessionId);
      }
    };

    test("that of the image, which keeps what it says of other things, is root's and read-only", async () => {
      const write = `mkdir -m 750 /etc/kasmvnc && printf %s '${ownFile}' >/etc/kasmvnc/kasmvnc.yaml`;
      const files = `chmod 600 /etc/kasmvnc/kasmvnc.yaml; chown -R user /etc/kasmvnc; touch /etc/kasmvnc/other`;
      const found = await look(await makeImage('file', `${write}; ${files}`));
      expect(found.stat).toBe('444 root:root regular file\n');
      expect(found.folder).toBe('755 root:root\n750 user:root\nkasmvnc.yaml\nother\n');
      expect(found.text).toStartWith('---\nnetwork:\n  # ours\n  websocket_port: 06901\n');
      const { watermark, visible_region } = kasmvncSection;
      expect(parse(found.text).data_loss_prevention).toEqual({
        watermark,
        visible_region,
        clipboard: { server_to_client: { size: 10000, primary_clipboard_enabled: true } },
      });
    });

    test('a new one where the image has none, in a folder that everyone may enter', async () => {
      const found = await look(await makeImage('bare', 'rm -rf /etc/kasmvnc'));
      expect(found.stat).toBe('444 root:root regular file\n');
      expect(found.folder).toBe('755 root:root\n755 root:root\nkasmvnc.yaml\n');
      expect(parse(found.text)).toEqual({ data_loss_prevention: kasmvncSection });
    });
  });

  describe('whose watermark names a file', () => {
    const text = { template: 'alice', font_size: 20 };
    const { visible_region } = kasmvncSection;
    let image = '';

    beforeAll(async () => {
      const link = 'ln -s mark.png link.png; ln -s none gone.png; ln -s loop.png loop.png';
      const others = 'mkdir folder.png; mkfifo pipe.png; ln -s /opt /far';
      image = await makeImage(
        'watermark',
        `cd /opt; echo >mark.png; ${link}; ${others}; rm -rf /etc/kasmvnc`,
      );
    });

    /** What KasmVNC finds below data_loss_prevention, and what was said. */
    const look = async (section: KasmvncSection) => {
      logged.length = 0;
      const messages: string[] = [];
      const desktop = await start(image, { kasmvncSection: section }, messages);
      try {
        const told = await (await ask(desktop, credential(desktop))).text();
        const warnings = logged.map(line => JSON.parse(line));
        return { told: parse(told), warnings, sessionId: desktop.sessionId, said: messages.join('\n') };
      } finally {
        await runtime.stop(desktop.sessionId);
      }
    };

    test.each(['/opt/mark.png', '/opt/link.png', '/far/./link.png'])(
      'that is there have it: %s',
      async file => {
        const font = { text: { ...text, font: file }, tint: '1,2,3,4' };
        for (const watermark of [{ image: file, tint: '1,2,3,4' }, font]) {
          const { told, warnings, said } = await look({ watermark, visible_region });
          expect(told).toEqual({ data_loss_prevention: { watermark, visible_region } });
          expect(warnings).toEqual([]);
          expect(said).not.toContain('watermark');
        }
      },
    );

    test.each([
      ['nothing', '/opt/none.png', 'it is not there'],
      ['below a file', '/opt/mark.png/none.png', 'it is not there'],
      ['a link to nothing', '/opt/gone.png', 'it is not there'],
      ['a link to itself', '/opt/loop.png', 'it is not there'],
      ['a name too long', `/opt/${'x'.repeat(300)}`, 'it is not there'],
      ['a folder', '/opt/folder.png', 'it is no plain file'],
      ['a pipe', '/opt/pipe.png', 'it is no plain file'],
      ['relative', 'opt/mark.png', 'it is no absolute path'],
      ['upwards', '/opt/folder.png/../mark.png', 'it is no absolute path'],
      ['a variable', '${HOME}/mark.png', 'it has variables'],
      ['a variable within', '/opt/${HOME}mark.png', 'it has variables'],
      ['a path too long', `/opt/${'x/'.repeat(2100)}`, 'it is over the limit of 4095 bytes'],
    ])(
      'that is not there start without that image, which is logged and said: %s',
      async (_name, file, reason) => {
        const { told, warnings, sessionId, said } = await look({
          watermark: { image: file, tint: '1,2,3,4' },
          visible_region,
        });
        expect(told).toEqual({ data_loss_prevention: { visible_region } });
        expect(warnings).toMatchObject([{ level: 'warn', sessionId, image, file, name: 'image', reason }]);
        expect(said).toContain('no watermark');
      },
    );

    test('that is not there and has nothing else to be told have no file at all', async () => {
      const desktop = await start(image, { kasmvncSection: { watermark: { image: '/opt/none.png' } } });
      expect(await (await ask(desktop, credential(desktop))).text()).toBe('no file');
    });

    test('for the font that is not there draw the text in another', async () => {
      const file = '/usr/share/fonts/none.ttf';
      const watermark = { text: { ...text, font: file }, tint: '1,2,3,4' };
      const { told, warnings, sessionId, said } = await look({ watermark, visible_region });
      expect(told).toEqual({
        data_loss_prevention: { watermark: { text, tint: '1,2,3,4' }, visible_region },
      });
      const reason = 'it is not there';
      expect(warnings).toMatchObject([{ level: 'warn', sessionId, image, file, name: 'font', reason }]);
      expect(said).toContain('font');
    });
  });

  test.each([
    ['torn', "printf 'a: \"b' >kasmvnc.yaml", 'it is no YAML: '],
    ['link', 'ln -s /etc/passwd kasmvnc.yaml', 'it is no plain file'],
    ['folder', 'mkdir kasmvnc.yaml', 'it is no plain file'],
    [
      'large',
      'head -c 300000 /dev/zero | tr "\\0" "#" >kasmvnc.yaml',
      'it is over the limit of 262144 bytes',
    ],
    ['huge', 'head -c 30000000 /dev/zero >kasmvnc.yaml', 'it is over the limit of 262144 bytes'],
    ['latin', 'printf "a: \\374" >kasmvnc.yaml', 'valid'],
  ])('do not start when their kasmvnc.yaml cannot take it: %s', async (name, command, problem) => {
    const image = await makeImage(name, `mkdir -p /etc/kasmvnc && cd /etc/kasmvnc && ${command}`);
    const failure = await failureOf(start(image, { kasmvncSection }));
    expect(failure).toStartWith(
      "DesktopStartError: the image's /etc/kasmvnc/kasmvnc.yaml cannot take the watermark or region of the policy: ",
    );
    expect(failure).toContain(problem);
    expect(await containers()).toEqual([]);
  });
});
