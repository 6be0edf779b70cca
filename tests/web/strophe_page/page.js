// Restores the session of the address in its query whenever it is loaded. What happens goes to the test by report().
import { $iq, $msg, $pres, Strophe } from '/strophe/strophe.esm.js';

const jid = new URLSearchParams(location.search).get('jid');
const connection = new Strophe.Connection('/http-bind', { keepalive: true });

const told = (code, condition) => {
    const [status] = Object.entries(Strophe.Status).find(([, value]) => value === code);
    report({ status, condition, jid: connection.jid });
};

for (const kind of ['message', 'presence']) {
    const arrived = (stanza) => {
        const body = stanza.getElementsByTagName('body')[0]?.textContent;
        report({ kind, from: stanza.getAttribute('from'), type: stanza.getAttribute('type'), body });
        return true;
    };
    connection.addHandler(arrived, null, kind);
}

try {
    connection.restore(jid, told);
} catch ({ name, message }) {
    report({ refused: name, message });
}

window.client = {
    signIn: (resource, password) => connection.connect(`${jid}/${resource}`, password, told),
    signOut: () => connection.disconnect(),
    presence: (attributes) => connection.send($pres(attributes)),
    say: (to, text) => connection.send($msg({ to, type: 'chat' }).c('body').t(text)),
    // Resolves when the server has taken everything that was sent before.
    ping: () =>
        new Promise((resolve, reject) => {
            const ping = $iq({ type: 'get', to: connection.domain }).c('ping', { xmlns: 'urn:xmpp:ping' });
            connection.sendIQ(ping, () => resolve(), reject, 10_000);
        }),
};
