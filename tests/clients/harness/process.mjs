// A server process under test: started, awaited until it is ready, stopped by its own process id.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const binary = process.env.MEERKAT ?? new URL('../../../build/release/meerkat', import.meta.url).pathname;
const startLimit = 30_000;
const stopLimit = 20_000;

export class ServerProcess {
    // Resolves once the server says what tells that it is ready; throws with the log when the process ends before.
    static async start(args, sign = /\bwhat=ready\b/) {
        const server = new ServerProcess(args);
        await server.until(sign);
        return server;
    }

    constructor(args) {
        this.lines = [];
        this.child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
        this.ended = once(this.child, 'exit');
        // A test that throws must not leave a server behind.
        this.killWithUs = () => this.child.kill('SIGKILL');
        process.once('exit', this.killWithUs);
    }

    get log() {
        return this.lines.join('\n');
    }

    // SIGTERM; a server that needs more than the limit, or does not end with 0, has failed.
    async stop() {
        this.child.kill('SIGTERM');
        const [code, signal] = await within(stopLimit, this.ended, 'The server did not end after SIGTERM');
        process.removeListener('exit', this.killWithUs);
        if (code !== 0) throw new Error(`The server ended with ${signal ?? code}:\n${this.log}`);
    }

    async until(sign) {
        const ready = new Promise((resolve) => {
            for (const stream of [this.child.stdout, this.child.stderr]) {
                createInterface({ input: stream }).on('line', (line) => {
                    this.lines.push(line);
                    if (sign.test(line)) resolve();
                });
            }
        });
        const died = this.ended.then(([code, signal]) => {
            throw new Error(`The server ended with ${signal ?? code} before it was ready:\n${this.log}`);
        });
        died.catch(() => undefined);
        await within(startLimit, Promise.race([ready, died]), 'The server was not ready in time');
    }
}

export async function within(limit, promise, complaint) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(complaint)), limit);
    });
    try {
        return await Promise.race([promise, late]);
    } finally {
        clearTimeout(timer);
    }
}
