import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { parse } from 'yaml';
import type { DesktopOrder, DesktopRuntime, RunningDesktop } from '../../agent/runtime/desktop-runtime.ts';
import { connectEngine, type DockerEngine } from '../../agent/runtime/docker-connection.ts';
import { startDockerRuntime } from '../../agent/runtime/docker-runtime.ts';
import { demultiplex } from '../../agent/runtime/log-frames.ts';
import { silentLog } from '../../config/log.ts';
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

  const start = (image: string, changes: Partial<DesktopOrder> = {}): Promise<RunningDesktop> =>
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
      () => {},
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
      log: silentLog,
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
