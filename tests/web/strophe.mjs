// Strophe.js keeps its BOSH session in sessionStorage: node strophe.mjs reload | ended
import { Server } from '../clients/harness/server.mjs';
import { Inbox, check } from '../clients/harness/client.mjs';
import { Browser } from './harness.mjs';

const scenarios = { reload, ended };
const scenario = scenarios[process.argv[2]];
if (!scenario) throw new Error(`One of ${Object.keys(scenarios).join(', ')}`);

const here = (path) => new URL(path, import.meta.url).pathname;
const folders = { '/page': here('strophe_page'), '/strophe': here('node_modules/strophe.js/dist') };
const server = await Server.start({ folders });
const browser = await Browser.start(`http://localhost:${server.port('http', 'none')}`);
try {
    await scenario();
} catch (error) {
    console.error(`The server's log:\n${server.log}`);
    throw error;
} finally {
    await browser.stop();
    await server.stop();
}

// Somebody's page, what it has told, and what its requests were.
async function open({ jid }) {
    const page = await browser.page();
    const events = new Inbox();
    const stanzas = [];
    const requests = [];
    await page.exposeFunction('report', (event) => {
        if (event.kind) stanzas.push(event);
        events.put(event);
    });
    page.on('request', (request) => {
        if (request.method() === 'POST') requests.push(request.postData());
    });
    await page.goto(`${browser.origin}/page/?jid=${jid}`);
    return { jid, page, events, stanzas, requests };
}

async function signIn(account, resource) {
    const person = await open(account);
    await refusal(person);
    await tell(person, 'signIn', resource, account.password);
    const { status, condition, jid } = await outcome(person);
    check(status === 'CONNECTED' && jid === `${account.jid}/${resource}`, `${jid}: ${status} ${condition}`);
    await tell(person, 'presence');
    return person;
}

function tell({ page }, what, ...args) {
    return page.evaluate(([what, args]) => void window.client[what](...args), [what, args]);
}

async function refusal({ events }) {
    const { refused, message } = await events.until('a refusal', (event) => event.refused);
    check(refused === 'StropheSessionError' && message.includes('no restoreable session'), `${refused}: ${message}`);
}

function outcome({ events }) {
    const ends = ['CONNECTED', 'ATTACHED', 'AUTHFAIL', 'CONNFAIL', 'DISCONNECTED'];
    return events.until('the outcome', ({ status }) => ends.includes(status));
}

async function presence({ events }, from, type) {
    const fits = (event) => event.kind === 'presence' && event.from === from && event.type === type;
    await events.until(`presence ${type ?? 'available'} from ${from}`, fits);
}

async function say(from, to, text) {
    await tell(from, 'say', to.jid, text);
    await hears(to, text);
}

function hears({ events }, text) {
    return events.until(text, ({ kind, body }) => kind === 'message' && body === text);
}

function bodies({ stanzas }) {
    return stanzas.filter(({ kind }) => kind === 'message').map(({ body }) => body);
}

function same(is, should, what) {
    const [one, other] = [is, should].map((each) => JSON.stringify(each));
    check(one === other, `${what} ${one}, not ${other}`);
}

// The old page is gone and the script of the new one not yet there while the others talk.
async function reloadDuring({ page }, talk) {
    let hold;
    const asked = new Promise((resolve) => {
        hold = resolve;
    });
    await page.route('**/page.js', hold, { times: 1 });
    const between = async () => {
        const route = await asked;
        await talk();
        await route.continue();
    };
    await Promise.all([page.reload(), between()]);
}

async function reload() {
    const juliet = await signIn(server.accounts.juliet, 'page');
    const romeo = await signIn(server.accounts.romeo, 'other');
    const full = `${juliet.jid}/page`;
    await tell(romeo, 'presence', { to: juliet.jid, type: 'subscribe' });
    await presence(juliet, romeo.jid, 'subscribe');
    await tell(juliet, 'presence', { to: romeo.jid, type: 'subscribed' });
    await presence(romeo, full, null);

    const toJuliet = [];
    const toRomeo = [];
    for (const load of [1, 2, 3]) {
        await say(romeo, juliet, `before ${load}`);
        await say(juliet, romeo, `leaving ${load}`);
        await reloadDuring(juliet, async () => {
            await tell(romeo, 'say', juliet.jid, `meanwhile ${load}`);
            await romeo.page.evaluate(() => window.client.ping());
        });
        const { status, condition, jid } = await outcome(juliet);
        check(status === 'ATTACHED' && jid === full, `${jid} after reload ${load}: ${status} ${condition}`);
        await hears(juliet, `meanwhile ${load}`);
        await say(juliet, romeo, `back ${load}`);
        await say(romeo, juliet, `after ${load}`);
        toJuliet.push(`before ${load}`, `meanwhile ${load}`, `after ${load}`);
        toRomeo.push(`leaving ${load}`, `back ${load}`);
    }
    await tell(juliet, 'signOut');
    await presence(romeo, full, 'unavailable');

    same(bodies(juliet), toJuliet, 'juliet heard');
    same(bodies(romeo), toRomeo, 'romeo heard');
    const seen = romeo.stanzas.filter(({ kind, from }) => kind === 'presence' && from === full);
    same(seen.map(({ type }) => type), [null, 'unavailable'], 'romeo saw juliet');
    const [first, ...sessions] = juliet.requests.map((body) => /^<body[^>]* sid="([^"]+)/.exec(body)?.[1]);
    check(!first && sessions[0] && new Set(sessions).size === 1, `not one session: ${first}, ${sessions}`);
    check(juliet.requests.filter((body) => body.includes('<bind')).length === 1, 'juliet binds once');
}

async function ended() {
    const juliet = await signIn(server.accounts.juliet, 'page');
    const kept = await juliet.page.evaluate(() => sessionStorage.getItem('strophe-bosh-session'));
    await tell(juliet, 'signOut');
    check((await outcome(juliet)).status === 'DISCONNECTED', 'signed out');
    await juliet.page.reload();
    await refusal(juliet);

    // A page that remembers a session longer than the server.
    await juliet.page.evaluate((kept) => sessionStorage.setItem('strophe-bosh-session', kept), kept);
    await juliet.page.reload();
    check((await outcome(juliet)).status === 'ATTACHED', 'attached by what is remembered');
    const { status, condition } = await outcome(juliet);
    check(status === 'CONNFAIL' && condition === 'item-not-found', `${status} ${condition}`);
}
