// A demo server and Chromium pages that look at it. Every page is watched: a request to another host, a violation of
// the Content-Security-Policy or an error in the page fails the test.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ServerProcess } from '../clients/harness/process.mjs';

const chromiumArguments = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
];

// The demo behind a relay whose port stays the same, so that a page can outlive the server it came from.
export class Demo {
    static async start() {
        const demo = new Demo();
        demo.folder = mkdtempSync(join(tmpdir(), 'meerkat-web-'));
        await demo.startServer();
        demo.connections = new Set();
        demo.relay = createServer((incoming) => demo.#join(incoming)).listen(0, '127.0.0.1');
        await once(demo.relay, 'listening');
        demo.origin = `http://localhost:${demo.relay.address().port}`;
        return demo;
    }

    async startServer() {
        // The last line of what the demo prints; the file is written before.
        const args = ['serve', '--demo', '--data-dir', this.folder, '--ports', 'random'];
        this.server = await ServerProcess.start(args, /Ctrl-C stops it/);
        const { accounts, http } = JSON.parse(readFileSync(join(this.folder, 'demo.json'), 'utf8'));
        [this.juliet, this.romeo] = accounts;
        this.port = Number(new URL(http).port);
    }

    async stopServer() {
        await this.server.stop();
    }

    async stop() {
        this.relay.close();
        for (const socket of this.connections) socket.destroy();
        await this.stopServer();
        rmSync(this.folder, { recursive: true, force: true });
    }

    #join(incoming) {
        const outgoing = connect(this.port, '127.0.0.1');
        for (const [one, other] of [
            [incoming, outgoing],
            [outgoing, incoming],
        ]) {
            this.connections.add(one);
            one.on('error', () => other.destroy());
            one.on('close', () => {
                this.connections.delete(one);
                other.destroy();
            });
            one.pipe(other);
        }
    }
}

export class Browser {
    static async start(origin) {
        const browser = new Browser();
        browser.origin = origin;
        browser.complaints = [];
        // Playwright gives every launch a profile folder of its own and removes it.
        browser.chromium = await chromium.launch({ executablePath: '/usr/bin/chromium', args: chromiumArguments });
        return browser;
    }

    // A page with storage of its own, as of another person.
    async page(options = {}) {
        const context = await this.chromium.newContext({ viewport: { width: 1100, height: 720 }, ...options });
        const page = await context.newPage();
        page.setDefaultTimeout(20_000);
        const allowed = new URL(this.origin).host;
        const watch = (url) => {
            const { protocol, host } = new URL(url);
            if (protocol !== 'data:' && host !== allowed) this.complaints.push(`a request to ${url}`);
        };
        page.on('request', (request) => watch(request.url()));
        page.on('websocket', (socket) => watch(socket.url()));
        page.on('pageerror', (error) => this.complaints.push(`an error in the page: ${error}`));
        page.on('console', (message) => {
            if (/Content Security Policy/i.test(message.text())) this.complaints.push(message.text());
        });
        return page;
    }

    async stop() {
        await this.chromium.close();
        if (this.complaints.length > 0) throw new Error(`The page must not cause:\n${this.complaints.join('\n')}`);
    }
}
