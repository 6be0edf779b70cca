// xmpp.js: node xmppjs.mjs ws | wss | tcp (with STARTTLS)
import { client, xml } from '@xmpp/client';
import { Inbox, bare, check, domain, juliet, romeo, services } from './harness/client.mjs';

const service = services[process.argv[2]];

async function signIn({ name, password }) {
    const inbox = new Inbox();
    const entity = client({ service, domain, username: name, password, resource: 'xmpp.js' });
    entity.reconnect.stop();
    entity.on('stanza', (stanza) => inbox.put(stanza));
    entity.on('error', (error) => console.error(name, error));
    const address = await entity.start();
    check(bare(address) === `${name}@${domain}`, `bound to ${address}`);
    return { entity, inbox };
}

const isPresence = (from, type) => (stanza) =>
    stanza.is('presence') && bare(stanza.attrs.from) === from.jid && stanza.attrs.type === type;

const says = (from, body) => (stanza) =>
    stanza.is('message') && bare(stanza.attrs.from) === from.jid && stanza.getChildText('body') === body;

async function roster({ entity }) {
    const query = await entity.iqCaller.get(xml('query', 'jabber:iq:roster'));
    return query.getChildren('item');
}

const j = await signIn(juliet);
const r = await signIn(romeo);
check((await roster(j)).length === 0, 'a new account has an empty roster');
await roster(r);
await j.entity.send(xml('presence'));
await r.entity.send(xml('presence'));

for (const [one, other, user, peer] of [
    [j, r, juliet, romeo],
    [r, j, romeo, juliet],
]) {
    await one.entity.send(xml('presence', { to: peer.jid, type: 'subscribe' }));
    await other.inbox.until('a subscription request', isPresence(user, 'subscribe'));
    await other.entity.send(xml('presence', { to: user.jid, type: 'subscribed' }));
    await one.inbox.until('the approval', isPresence(peer, 'subscribed'));
    await one.inbox.until('the presence of the other', isPresence(peer, undefined));
}
const [item] = await roster(j);
check(item?.attrs.jid === romeo.jid && item.attrs.subscription === 'both', `roster item ${item}`);

await j.entity.send(xml('message', { to: romeo.jid, type: 'chat' }, xml('body', {}, 'Wherefore art thou? <&> ☾')));
await r.inbox.until('the message to romeo', says(juliet, 'Wherefore art thou? <&> ☾'));
await r.entity.send(xml('message', { to: juliet.jid, type: 'chat' }, xml('body', {}, 'Call me but love')));
await j.inbox.until('the message to juliet', says(romeo, 'Call me but love'));

await r.entity.stop();
await j.inbox.until('the departure of romeo', isPresence(romeo, 'unavailable'));
await j.entity.stop();
