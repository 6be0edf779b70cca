// Strophe.js: node strophejs.mjs ws | bosh | bosht (over HTTPS)
import './harness/xml_http_request.mjs';
import { Strophe, $iq, $msg, $pres } from 'strophe.js';
import { Inbox, bare, check, juliet, romeo, services } from './harness/client.mjs';

Strophe.setLogLevel(Strophe.LogLevel.WARN);

async function signIn({ name, jid, password }) {
    const inbox = new Inbox();
    const connection = new Strophe.Connection(services[process.argv[2]]);
    const status = new Inbox();
    connection.connect(`${jid}/strophe`, password, (code, condition) => status.put({ code, condition }));
    const { CONNECTED, AUTHFAIL, CONNFAIL, ERROR } = Strophe.Status;
    const last = await status.until('the session', ({ code }) => [CONNECTED, AUTHFAIL, CONNFAIL, ERROR].includes(code));
    check(last.code === CONNECTED, `${name}: status ${last.code} ${last.condition}`);
    check(connection.jid === `${jid}/strophe`, `bound to ${connection.jid}`);
    for (const kind of ['message', 'presence']) {
        connection.addHandler((stanza) => inbox.put(stanza) ?? true, null, kind, null);
    }
    return { connection, inbox, status };
}

function ask({ connection }, iq) {
    return new Promise((resolve, reject) => connection.sendIQ(iq, resolve, reject, 10_000));
}

async function roster(user) {
    const answer = await ask(user, $iq({ type: 'get' }).c('query', { xmlns: 'jabber:iq:roster' }));
    return Array.from(answer.getElementsByTagName('item'));
}

const isPresence = (from, type) => (stanza) =>
    stanza.nodeName === 'presence' &&
    bare(stanza.getAttribute('from')) === from.jid &&
    (stanza.getAttribute('type') || undefined) === type;

const says = (from, body) => (stanza) =>
    stanza.nodeName === 'message' &&
    bare(stanza.getAttribute('from')) === from.jid &&
    stanza.getElementsByTagName('body')[0]?.textContent === body;

const j = await signIn(juliet);
const r = await signIn(romeo);
check((await roster(j)).length === 0, 'a new account has an empty roster');
await roster(r);
j.connection.send($pres());
r.connection.send($pres());

for (const [one, other, user, peer] of [
    [j, r, juliet, romeo],
    [r, j, romeo, juliet],
]) {
    one.connection.send($pres({ to: peer.jid, type: 'subscribe' }));
    await other.inbox.until('a subscription request', isPresence(user, 'subscribe'));
    other.connection.send($pres({ to: user.jid, type: 'subscribed' }));
    await one.inbox.until('the approval', isPresence(peer, 'subscribed'));
    await one.inbox.until('the presence of the other', isPresence(peer, undefined));
}
const [item] = await roster(j);
check(item?.getAttribute('subscription') === 'both', 'both see each other');

j.connection.send($msg({ to: romeo.jid, type: 'chat' }).c('body').t('Wherefore art thou? <&> ☾'));
await r.inbox.until('the message to romeo', says(juliet, 'Wherefore art thou? <&> ☾'));
r.connection.send($msg({ to: juliet.jid, type: 'chat' }).c('body').t('Call me but love'));
await j.inbox.until('the message to juliet', says(romeo, 'Call me but love'));

// Away and back again: a new session on the same page.
r.connection.disconnect();
await j.inbox.until('the departure of romeo', isPresence(romeo, 'unavailable'));
const again = await signIn(romeo);
again.connection.send($pres());
await j.inbox.until('the return of romeo', isPresence(romeo, undefined));
j.connection.send($msg({ to: romeo.jid, type: 'chat' }).c('body').t('Hist! Romeo, hist!'));
await again.inbox.until('the message after the return', says(juliet, 'Hist! Romeo, hist!'));

again.connection.disconnect();
await j.inbox.until('the departure of romeo', isPresence(romeo, 'unavailable'));
j.connection.disconnect();
await j.status.until('the end', ({ code }) => code === Strophe.Status.DISCONNECTED);
process.exit(0);
