// StanzaJS by its high-level functions: node stanzajs.mjs ws | bosh
import { createClient } from 'stanza';
import { Inbox, bare, check, juliet, romeo, services } from './harness/client.mjs';

const transport = process.argv[2];

async function signIn({ jid, password }) {
    const inbox = new Inbox();
    const agent = createClient({
        jid,
        password,
        resource: 'stanza',
        transports: { websocket: transport === 'ws' && services.ws, bosh: transport === 'bosh' && services.bosh },
        autoReconnect: false,
        allowResumption: false,
    });
    for (const event of ['message', 'presence', 'session:started', 'auth:failed', 'disconnected', 'stream:error']) {
        agent.on(event, (data) => inbox.put({ event, ...data }));
    }
    agent.connect();
    const ends = ['session:started', 'auth:failed', 'disconnected', 'stream:error'];
    const { event } = await inbox.until('the session', ({ event }) => ends.includes(event));
    check(event === 'session:started', `${jid}: ${event}`);
    check(agent.jid === `${jid}/stanza`, `bound to ${agent.jid}`);
    return { agent, inbox };
}

const isPresence = (from, type) => (stanza) =>
    stanza.event === 'presence' && bare(stanza.from) === from.jid && stanza.type === type;

const says = (from, body) => (stanza) =>
    stanza.event === 'message' && bare(stanza.from) === from.jid && stanza.body === body;

const j = await signIn(juliet);
const r = await signIn(romeo);
check((await j.agent.getRoster()).items.length === 0, 'a new account has an empty roster');
await r.agent.getRoster();
j.agent.sendPresence();
r.agent.sendPresence();

for (const [one, other, user, peer] of [
    [j, r, juliet, romeo],
    [r, j, romeo, juliet],
]) {
    one.agent.subscribe(peer.jid);
    await other.inbox.until('a subscription request', isPresence(user, 'subscribe'));
    other.agent.acceptSubscription(user.jid);
    await one.inbox.until('the approval', isPresence(peer, 'subscribed'));
    await one.inbox.until('the presence of the other', (s) => isPresence(peer, undefined)(s) || isPresence(peer, 'available')(s));
}
const [item] = (await j.agent.getRoster()).items;
check(item?.jid === romeo.jid && item.subscription === 'both', `roster item ${JSON.stringify(item)}`);

j.agent.sendMessage({ to: romeo.jid, type: 'chat', body: 'Wherefore art thou? <&> ☾' });
await r.inbox.until('the message to romeo', says(juliet, 'Wherefore art thou? <&> ☾'));
r.agent.sendMessage({ to: juliet.jid, type: 'chat', body: 'Call me but love' });
await j.inbox.until('the message to juliet', says(romeo, 'Call me but love'));
check((await j.agent.ping(j.agent.config.server)) !== null, 'the server answers a ping');

r.agent.disconnect();
await j.inbox.until('the departure of romeo', isPresence(romeo, 'unavailable'));
j.agent.disconnect();
await j.inbox.until('the end', ({ event }) => event === 'disconnected');
process.exit(0);
