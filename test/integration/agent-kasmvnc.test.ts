import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { connectEngine, type DockerEngine } from '../../agent/runtime/docker-connection.ts';
import { startDockerRuntime } from '../../agent/runtime/docker-runtime.ts';
import { silentLog } from '../../config/log.ts';
import { createSelfSigned } from '../../gateway/certificate/self-signed.ts';
import { needs, testEnvironment } from '../harness/requirements.ts';

const socket = testEnvironment.dockerSocket ?? '';
const workspaceImage = testEnvironment.workspaceImage ?? '';
const image = 'sluice-test/kasmvnc-front:1';

/**
 * What of a KasmVNC container matters to the agent: a web server with a certificate of its own on 6901, behind Basic
 * authorisation with the password from the environment. (Its real images come from a registry, which tests do without.)
 */
const front = `
import base64, http.server, os, ssl
wanted = 'Basic ' + base64.b64encode(('kasm_user:' + os.environ['VNC_PW']).encode()).decode()
class Front(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.headers.get('Authorization') == wanted else 401)
        self.end_headers()
open('/tmp/front.pem', 'w').write(os.environ['FRONT_PEM'])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('/tmp/front.pem')
server = http.server.HTTPServer(('', 6901), Front)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
`;

describe.skipIf(!needs('docker', 'workspace-image'))('KasmVNC containers', () => {
  let engine: DockerEngine;

  beforeAll(async () => {
    engine = connectEngine({ socket });
    const container = await engine.createContainer({ Image: workspaceImage });
    const entry = JSON.stringify(['/usr/bin/tini', '--', '/usr/bin/python3', '-c', front]);
    await container.commit({ repo: 'sluice-test/kasmvnc-front', tag: '1', changes: `ENTRYPOINT ${entry}` });
    await container.remove();
  });

  afterAll(async () => {
    await engine.getImage(image).remove({ force: true });
  });

  test('run once their web server answers, and are reached with their own user and password', async () => {
    const { certificate, privateKey } = createSelfSigned(['kasmvnc'], Date.now());
    await using runtime = await startDockerRuntime({
      address: { socket },
      agentId: crypto.randomUUID(),
      log: silentLog,
      events: { onDesktopEnded: () => {}, onLost: () => {} },
    });
    const sessionId = crypto.randomUUID();
    const desktop = await runtime.start(
      {
        sessionId,
        image,
        imageIsLocal: true,
        protocol: 'kasmvnc',
        cores: 1,
        memoryBytes: 256 * 1024 * 1024,
        environment: { FRONT_PEM: certificate + privateKey },
        hostname: 'desk',
        width: 1024,
        height: 768,
      },
      () => {},
      new AbortController().signal,
    );
    expect(desktop.upstream).toBe(`wss://${desktop.containerIp}:6901/websockify`);
    expect(desktop.tlsVerify).toBeFalse();
    const ask = async (headers: Record<string, string>): Promise<number> => {
      const url = `https://${desktop.containerIp}:6901/`;
      return (await fetch(url, { headers, tls: { rejectUnauthorized: false } })).status;
    };
    expect(await ask({ authorization: desktop.authorization?.reveal() ?? '' })).toBe(200);
    expect(await ask({})).toBe(401);
    await runtime.stop(sessionId);
    const filters = { label: [`sluice.session=${sessionId}`] };
    expect(await engine.listContainers({ all: true, filters })).toEqual([]);
  });
});
