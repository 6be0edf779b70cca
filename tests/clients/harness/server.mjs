// A server with every kind of listener on free ports, a certificate of its own, an empty data folder and two accounts.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from './process.mjs';
import { register } from './register.mjs';

export const domain = 'localhost';

export class Server {
    // `mechanisms` limits what SASL offers, as auth.sasl_mechanisms does; `folders` are served over HTTP, each at its
    // path.
    static async start({ mechanisms, folders = {} } = {}) {
        const server = new Server();
        server.folder = mkdtempSync(join(tmpdir(), 'meerkat-clients-'));
        process.once('exit', () => rmSync(server.folder, { recursive: true, force: true }));
        server.certificate = join(server.folder, 'certificate.pem');
        const key = join(server.folder, 'key.pem');
        makeCertificate(server.certificate, key);
        const file = join(server.folder, 'meerkat.toml');
        writeFileSync(file, configuration(server, key, mechanisms, folders));

        server.process = await ServerProcess.start(['serve', '--config', file]);
        server.addresses = JSON.parse(readFileSync(join(server.folder, 'data', 'addresses.json'), 'utf8'));
        server.accounts = {};
        for (const name of ['juliet', 'romeo']) {
            const password = randomBytes(12).toString('hex');
            await register(server.port('c2s', 'none'), domain, name, password).catch((error) => {
                throw new Error(`${error.message}\n${server.log}`);
            });
            server.accounts[name] = { jid: `${name}@${domain}`, password };
        }
        return server;
    }

    port(type, tls) {
        const found = this.addresses.find((address) => address.type === type && address.tls === tls);
        if (!found) throw new Error(`No ${type} listener with tls ${tls} in ${JSON.stringify(this.addresses)}`);
        return found.port;
    }

    get log() {
        return this.process.log;
    }

    async stop() {
        await this.process.stop();
    }
}

function makeCertificate(certificate, key) {
    const names = `subjectAltName=DNS:${domain},IP:127.0.0.1`;
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const request = ['req', '-x509', ...curve, '-days', '2', '-subj', `/CN=${domain}`, '-addext', names];
    execFileSync('openssl', [...request, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
}

function configuration({ folder, certificate }, key, mechanisms, folders) {
    const files = `verify_mode = "none", certfile = "${certificate}", keyfile = "${key}"`;
    const c2s = (tls) => `
[[listen.c2s]]
  port = 0
  ip_address = "127.0.0.1"
  ${tls}
`;
    const pages = Object.entries(folders).map(
        ([path, directory]) => `
  [[listen.http.handlers.meerkat_static]]
    host = "_"
    path = "${path}/[...]"
    directory = "${directory}"
`,
    );
    const http = (tls) => `
[[listen.http]]
  port = 0
  ip_address = "127.0.0.1"
  ${tls}
  [[listen.http.handlers.mongoose_websocket_handler]]
    host = "_"
    path = "/ws-xmpp"
  [[listen.http.handlers.mongoose_bosh_handler]]
    host = "_"
    path = "/http-bind"
  [[listen.http.handlers.meerkat_discovery]]
    host = "_"
    path = "/.well-known"
  [[listen.http.handlers.meerkat_health]]
    host = "_"
  [[listen.http.handlers.meerkat_static]]
    host = "_"
    path = "/chat/[...]"
    bundle = "chat"
${pages.join('')}
`;
    return `
[general]
  loglevel = "info"
  hosts = ["${domain}"]
  default_server_domain = "${domain}"
  registration_timeout = "infinity"
  data_dir = "${join(folder, 'data')}"

[auth]
  ${mechanisms ? `sasl_mechanisms = ${JSON.stringify(mechanisms)}` : ''}
  [auth.internal]
  [auth.password]
    scram_iterations = 4096
${c2s('')}
${c2s(`tls = { mode = "starttls_required", ${files} }`)}
${c2s(`tls = { mode = "tls", ${files} }`)}
${http('')}
${http(`tls = { ${files} }`)}
[services.service_bosh]
[modules.mod_disco]
[modules.mod_ping]
[modules.mod_presence]
[modules.mod_register]
[modules.mod_roster]
[modules.mod_time]
[modules.mod_version]
`;
}
