// Strophe.js goes on with its BOSH session when the page is loaded again, from what it keeps in sessionStorage.
import { leavePage } from './harness/xml_http_request.mjs';
import { Strophe, $msg, $pres } from 'strophe.js';
import { Inbox, bare, check, juliet, romeo, services } from './harness/client.mjs';

Strophe.setLogLevel(Strophe.LogLevel.WARN);

const stored = new Map();
globalThis.sessionStorage = {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => stored.set(key, String(value)),
    removeItem: (key) => stored.delete(key),
};

function collect(connection) {
    const inbox = new Inbox();
    connection.addHandler((stanza) => inbox.put(stanza) ?? true, null, 'message');
    return inbox;
}

async function signIn(connection, { jid, password }) {
    const status = new Inbox();
    connection.connect(jid, password, (code) => status.put(code));
    const ends = [Strophe.Status.CONNECTED, Strophe.Status.AUTHFAIL, Strophe.Status.CONNFAIL];
    const code = await status.until('the session', (code) => ends.includes(code));
    check(code === Strophe.Status.CONNECTED, `${jid}: status ${code}`);
    connection.send($pres());
    return collect(connection);
}

const says = (from, body) => (stanza) =>
    bare(stanza.getAttribute('from')) === from.jid && stanza.getElementsByTagName('body')[0]?.textContent === body;
const chat = (to, body) => $msg({ to: to.jid, type: 'chat' }).c('body').t(body);

// Romeo's WebSocket has nothing to do with the page.
const other = new Strophe.Connection(services.ws);
const heard = await signIn(other, { ...romeo, jid: `${romeo.jid}/other` });

let page = new Strophe.Connection(services.bosh, { keepalive: true });
let inbox = await signIn(page, { ...juliet, jid: `${juliet.jid}/page` });

for (let load = 1; load <= 3; ++load) {
    other.send(chat(juliet, `before load ${load}`));
    await inbox.until('a message before', says(romeo, `before load ${load}`));
    leavePage();
    other.send(chat(juliet, `during load ${load}`));

    page = new Strophe.Connection(services.bosh, { keepalive: true });
    const status = new Inbox();
    page.restore(juliet.jid, (code) => status.put(code));
    inbox = collect(page);
    const code = await status.until('the restored session', (code) => code !== Strophe.Status.CONNECTING);
    check(code === Strophe.Status.ATTACHED, `status ${code}`);
    check(page.jid === `${juliet.jid}/page`, `restored as ${page.jid}`);
    await inbox.until('the message from meanwhile', says(romeo, `during load ${load}`));
    page.send(chat(romeo, `answer ${load}`));
    await heard.until('the answer', says(juliet, `answer ${load}`));
}
process.exit(0);
