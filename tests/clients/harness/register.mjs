// Makes an account by in-band registration (XEP-0077) over an unencrypted stream on the local host.
import { connect } from 'node:net';
import { within } from './process.mjs';

export async function register(port, domain, name, password) {
    const socket = connect(port, '127.0.0.1');
    try {
        await within(10_000, conversation(socket, domain, name, password), `Registering ${name} took too long`);
    } finally {
        socket.destroy();
    }
}

async function conversation(socket, domain, name, password) {
    const received = reader(socket);
    socket.write(
        `<?xml version='1.0'?><stream:stream xmlns='jabber:client' to='${domain}' version='1.0' ` +
            `xmlns:stream='http://etherx.jabber.org/streams'>`,
    );
    await received(/<\/stream:features>/);
    socket.write(
        `<iq type='set' id='register' to='${domain}'><query xmlns='jabber:iq:register'>` +
            `<username>${name}</username><password>${password}</password></query></iq>`,
    );
    const [answer] = await received(/<iq [^>]*type=['"](result|error)['"][^]*/);
    if (!/type=['"]result['"]/.test(answer)) throw new Error(`Registering ${name} failed: ${answer}`);
}

// received(pattern) resolves with the match as soon as the text so far holds one, and drops the text up to its end.
function reader(socket) {
    let text = '';
    let wake = () => undefined;
    let failure;
    socket.setEncoding('utf8');
    socket.on('data', (data) => {
        text += data;
        wake();
    });
    const end = (error) => {
        failure = error ?? new Error('The server closed the stream');
        wake();
    };
    socket.on('error', end);
    socket.on('close', () => end());
    return async (pattern) => {
        for (;;) {
            const match = pattern.exec(text);
            if (match) {
                text = text.slice(match.index + match[0].length);
                return match;
            }
            if (failure) throw new Error(`${failure.message} after: ${text}`);
            await new Promise((resolve) => (wake = resolve));
        }
    };
}
