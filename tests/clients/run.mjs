// Runs one client against a fresh server: node run.mjs [--mechanisms a,b] PROGRAM [arguments]
//
// The program finds everything in its environment, whatever language it is written in, and succeeds by exit code 0.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Server, domain } from './harness/server.mjs';

const args = process.argv.slice(2);
const mechanisms = args[0] === '--mechanisms' ? args.splice(0, 2)[1].split(',') : undefined;
const [program, ...programArguments] = args;

const server = await Server.start({ mechanisms });
const client = spawn(program, programArguments, {
    stdio: 'inherit',
    env: {
        ...process.env,
        SERVER_DOMAIN: domain,
        SERVER_C2S_PORT: server.port('c2s', 'none'),
        SERVER_STARTTLS_PORT: server.port('c2s', 'starttls_required'),
        SERVER_TLS_PORT: server.port('c2s', 'tls'),
        SERVER_HTTP_PORT: server.port('http', 'none'),
        SERVER_HTTPS_PORT: server.port('http', 'tls'),
        SERVER_CERTIFICATE: server.certificate,
        NODE_EXTRA_CA_CERTS: server.certificate,
        JULIET_PASSWORD: server.accounts.juliet.password,
        ROMEO_PASSWORD: server.accounts.romeo.password,
    },
});
const [code, signal] = await once(client, 'exit');
if (code !== 0) {
    console.error(`${program} ${programArguments.join(' ')} ended with ${signal ?? code}. The server's log:\n${server.log}`);
}
await server.stop();
process.exitCode = code === 0 ? 0 : 1;
