// What the JavaScript clients share: where the server is, who the users are, and how to wait.
import { within } from './process.mjs';

const env = process.env;

export const domain = env.SERVER_DOMAIN;
export const juliet = { name: 'juliet', jid: `juliet@${domain}`, password: env.JULIET_PASSWORD };
export const romeo = { name: 'romeo', jid: `romeo@${domain}`, password: env.ROMEO_PASSWORD };
export const services = {
    ws: `ws://${domain}:${env.SERVER_HTTP_PORT}/ws-xmpp`,
    wss: `wss://${domain}:${env.SERVER_HTTPS_PORT}/ws-xmpp`,
    bosh: `http://${domain}:${env.SERVER_HTTP_PORT}/http-bind`,
    bosht: `https://${domain}:${env.SERVER_HTTPS_PORT}/http-bind`,
    tcp: `xmpp://${domain}:${env.SERVER_STARTTLS_PORT}`,
};

// Collects what arrives, so that nothing is missed between two waits. `until` takes the first that fits, once.
export class Inbox {
    #waiting = [];
    #items = [];

    put(item) {
        const index = this.#waiting.findIndex(({ fits }) => fits(item));
        if (index < 0) this.#items.push(item);
        else this.#waiting.splice(index, 1)[0].resolve(item);
    }

    until(what, fits) {
        const index = this.#items.findIndex(fits);
        if (index >= 0) return Promise.resolve(this.#items.splice(index, 1)[0]);
        const arrival = new Promise((resolve) => this.#waiting.push({ fits, resolve }));
        return within(15_000, arrival, `Waited in vain for ${what}`);
    }
}

export function check(condition, complaint) {
    if (!condition) throw new Error(complaint);
}

export const bare = (jid) => String(jid ?? '').split('/')[0];
