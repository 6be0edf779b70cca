// The chat page: node chat.mjs chat | reload | restart | password | conflict | narrow
//
// MEERKAT_SCREENSHOTS names a folder for pictures of what the tests saw.
import { join } from 'node:path';
import { Browser, Demo } from './harness.mjs';

const scenarios = { chat, reload, restart, password, conflict, narrow };
const scenario = scenarios[process.argv[2]];
if (!scenario) throw new Error(`One of ${Object.keys(scenarios).join(', ')}`);

const demo = await Demo.start();
const browser = await Browser.start(demo.origin);
try {
    await scenario();
} catch (error) {
    console.error(`The server's log:\n${demo.server.log}`);
    throw error;
} finally {
    await browser.stop();
    await demo.stop();
}

async function fillIn(page, { jid, password }) {
    await page.goto(`${demo.origin}/`);
    await page.getByLabel('Address').fill(jid);
    await page.getByLabel('Password').fill(password);
}

async function signIn(account, options) {
    const page = await browser.page(options);
    await fillIn(page, account);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.top[data-state=online]').waitFor();
    return page;
}

function contact(page, words) {
    return page.getByRole('navigation').getByRole('button', { name: words });
}

function message(page, text) {
    return page.getByRole('log').getByText(text, { exact: true }).waitFor();
}

async function say(page, text) {
    await page.getByLabel('Message', { exact: true }).fill(text);
    await page.keyboard.press('Enter');
}

async function picture(page, name) {
    if (process.env.MEERKAT_SCREENSHOTS) {
        await page.screenshot({ path: join(process.env.MEERKAT_SCREENSHOTS, `${name}.png`) });
    }
}

async function chat() {
    const juliet = await signIn(demo.juliet);
    await contact(juliet, /^Romeo, offline/i).waitFor();
    const romeo = await signIn(demo.romeo);
    await contact(romeo, /^Juliet, online/i).waitFor();
    await contact(juliet, /^Romeo, online/i).click();

    await say(juliet, 'Art thou not Romeo & a <Montague>?');
    await message(juliet, 'Art thou not Romeo & a <Montague>?');
    await contact(romeo, /^Juliet, online, 1 unread/i).waitFor();
    await say(juliet, '<b>not bold</b>');
    await contact(romeo, /2 unread/).waitFor();
    if (!(await romeo.title()).startsWith('(2)')) throw new Error(`title: ${await romeo.title()}`);
    await picture(romeo, 'unread');

    await contact(romeo, /^Juliet/i).click();
    await message(romeo, 'Art thou not Romeo & a <Montague>?');
    await message(romeo, '<b>not bold</b>');
    await contact(romeo, /^Juliet, online$/i).waitFor();

    await romeo.getByLabel('Message', { exact: true }).pressSequentially('Neither, fair saint');
    await juliet.getByText(/is typing/).waitFor();
    await picture(juliet, 'typing');
    await romeo.keyboard.press('Enter');
    await message(juliet, 'Neither, fair saint');
    await juliet.getByText(/is typing/).waitFor({ state: 'hidden' });
    await picture(juliet, 'chat');
    await juliet.emulateMedia({ colorScheme: 'dark' });
    await picture(juliet, 'dark');

    await romeo.getByRole('button', { name: 'Sign out' }).click();
    await romeo.getByRole('button', { name: 'Sign in' }).waitFor();
    await contact(juliet, /^Romeo, offline/i).waitFor();
    await say(juliet, 'Romeo, Romeo!');
    await juliet.getByRole('log').getByText(/not delivered/).waitFor();
}

async function reload() {
    const juliet = await signIn(demo.juliet);
    await juliet.reload();
    await juliet.getByRole('button', { name: 'Sign in' }).waitFor();

    await fillIn(juliet, demo.juliet);
    await juliet.getByLabel(/Stay signed in/).check();
    await juliet.getByRole('button', { name: 'Sign in' }).click();
    await juliet.locator('.top[data-state=online]').waitFor();
    const kept = await juliet.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }) + document.cookie);
    if (kept.includes(demo.juliet.password)) throw new Error('the browser keeps the password');

    await juliet.reload();
    await juliet.locator('.top[data-state=online]').waitFor();
    const romeo = await signIn(demo.romeo);
    await contact(romeo, /^Juliet, online/i).click();
    await say(romeo, 'after the reload');
    await contact(juliet, /1 unread/).click();
    await message(juliet, 'after the reload');

    await juliet.getByRole('button', { name: 'Sign out' }).click();
    await juliet.reload();
    await juliet.getByRole('button', { name: 'Sign in' }).waitFor();
}

async function restart() {
    const juliet = await signIn(demo.juliet);
    const romeo = await signIn(demo.romeo);
    await contact(juliet, /^Romeo, online/i).click();
    await say(juliet, 'before');
    await contact(romeo, /1 unread/i).waitFor();
    await juliet.getByLabel('Message', { exact: true }).fill('half a thought');

    await demo.stopServer();
    for (const page of [juliet, romeo]) await page.locator('.top[data-state=waiting]').waitFor();
    await juliet.getByText(/Trying again in/).waitFor();
    await picture(juliet, 'waiting');
    await demo.startServer();
    for (const page of [juliet, romeo]) await page.locator('.top[data-state=online]').waitFor({ timeout: 60_000 });

    await contact(juliet, /^Romeo, online/i).waitFor();
    await message(juliet, 'before');
    await juliet.getByLabel('Message', { exact: true }).press('Enter');
    await contact(romeo, /^Juliet, online, 2 unread/i).click();
    await message(romeo, 'half a thought');
}

async function password() {
    const page = await browser.page();
    await fillIn(page, { ...demo.juliet, password: 'mercutio' });
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('Wrong address or password.').waitFor();
    await picture(page, 'password');
    await page.getByLabel('Password').fill(demo.juliet.password);
    await page.keyboard.press('Enter');
    await page.locator('.top[data-state=online]').waitFor();
}

// Another connection binds the very resource of the page, which the page must accept as its end.
async function conflict() {
    const page = await browser.page();
    let resource;
    page.on('websocket', (socket) =>
        socket.on('framesent', ({ payload }) => (resource ??= /<resource>(.*?)<\/resource>/.exec(payload)?.[1])),
    );
    await fillIn(page, demo.juliet);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.top[data-state=online]').waitFor();

    const other = await browser.page();
    await other.goto(`${demo.origin}/`);
    await other.evaluate(takeOver, { ...demo.juliet, resource });
    await page.getByRole('alert').getByText(/replaced by a new/).waitFor();
    await picture(page, 'conflict');
    await page.getByLabel('Password').fill(demo.juliet.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.top[data-state=online]').waitFor();
    if (await other.evaluate(() => window.usurper.readyState !== WebSocket.OPEN)) {
        throw new Error('the replaced page took its name back');
    }
}

// Runs inside a page: signs in by PLAIN over a WebSocket of its own and binds the resource.
async function takeOver({ jid, password, resource }) {
    const [name, domain] = jid.split('@');
    const socket = new WebSocket(`ws://${location.host}/ws-xmpp`, 'xmpp');
    window.usurper = socket;
    const received = (part) =>
        new Promise((resolve, reject) => {
            socket.addEventListener('message', ({ data }) => data.includes(part) && resolve());
            socket.addEventListener('close', () => reject(new Error(`closed before ${part}`)));
        });
    const open = `<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="${domain}" version="1.0"/>`;
    const ask = (text, answer) => {
        const arrival = received(answer);
        socket.send(text);
        return arrival;
    };
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    await ask(open, 'PLAIN');
    const proof = btoa(`\0${name}\0${password}`);
    await ask(`<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${proof}</auth>`, '<success');
    await ask(open, 'urn:ietf:params:xml:ns:xmpp-bind');
    const bind = `<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>${resource}</resource></bind>`;
    await ask(`<iq xmlns="jabber:client" type="set" id="bind">${bind}</iq>`, resource);
    const session = '<session xmlns="urn:ietf:params:xml:ns:xmpp-session"/>';
    await ask(`<iq xmlns="jabber:client" type="set" id="session">${session}</iq>`, 'session');
}

async function narrow() {
    await signIn(demo.romeo);
    const page = await browser.page({ viewport: { width: 360, height: 640 } });
    await fillIn(page, demo.juliet);
    await picture(page, 'narrow-form');
    await page.keyboard.press('Enter');
    await page.locator('.top[data-state=online]').waitFor();
    await contact(page, /^Romeo, online/i).focus();
    await picture(page, 'narrow-list');
    await page.keyboard.press('Enter');
    await contact(page, /^Romeo/i).waitFor({ state: 'hidden' });
    await page.keyboard.type('by keyboard alone');
    await page.keyboard.press('Enter');
    await message(page, 'by keyboard alone');
    await picture(page, 'narrow-chat');
    await page.keyboard.press('Escape');
    await contact(page, /^Romeo/i).waitFor();
}
