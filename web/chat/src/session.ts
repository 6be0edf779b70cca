// One signed-in user: connects, notices a dead connection, and comes back by itself. Everything above it sees states
// and stanzas, never a socket.
import { Strophe, $iq, $pres } from 'strophe.js';
import { domain, websocketAddress } from './address';
import { reconnectDelay } from './backoff';
import { whyConnectionEnded, whyLoginFailed, type Reason } from './reasons';

type Connection = InstanceType<typeof Strophe.Connection>;
type Builder = ReturnType<typeof $pres>;

// Keys that prove knowledge of the password to this one server (RFC 5802, 3), without being the password.
export type Keys = { name: string; ck: string; sk: string; iter: number; salt: string };
export type Secret = string | Keys;

export type State =
    | { kind: 'signed-out'; notice?: string }
    | { kind: 'connecting'; again: boolean }
    | { kind: 'online'; jid: string; keys?: Keys }
    | { kind: 'waiting'; until: number; why: string };

export interface Listener {
    state(state: State): void;
    stanza(stanza: Element): void;
}

// Browsers slow the timers of hidden pages to one a minute, so the server should ping as well.
const pingInterval = 30_000;
const answerTimeout = 15_000;
const connectTimeout = 20_000;

Strophe.setLogLevel(Strophe.LogLevel.FATAL);

export class Session {
    // Kept over reconnections, so that the new connection replaces what the server may still hold of the old one.
    private readonly resource = `web.${randomId()}`;
    private connection: Connection | undefined;
    private timers: number[] = [];
    // Counts every attempt ever made, so that one overtaken while it looked up the address gives up.
    private attempts = 0;
    private failures = 0;
    private wasOnline = false;

    constructor(
        readonly user: string,
        private readonly secret: Secret,
        private readonly listener: Listener,
    ) {
        addEventListener('online', this.retryNow);
    }

    get online(): boolean {
        return this.connection?.authenticated ?? false;
    }

    async connect(): Promise<void> {
        this.clearTimers();
        this.drop();
        this.listener.state({ kind: 'connecting', again: this.wasOnline });

        const attempt = ++this.attempts;
        const address = await websocketAddress();
        if (attempt !== this.attempts) return;

        const connection = new Strophe.Connection(address, passwordMechanisms());
        this.connection = connection;
        this.after(connectTimeout, () => this.ended(connection, whyConnectionEnded('connection-timeout')));
        connection.connect(`${this.user}/${this.resource}`, this.secret, (status, condition, element) =>
            this.changed(connection, status, condition, element),
        );
    }

    readonly retryNow = (): void => {
        if (this.connection === undefined && this.failures > 0) void this.connect();
    };

    signOut(notice?: string): void {
        removeEventListener('online', this.retryNow);
        this.clearTimers();
        this.drop();
        this.attempts++;
        this.listener.state({ kind: 'signed-out', notice });
    }

    // Only while online; the caller asks before. False: nothing was sent.
    send(stanza: Builder): boolean {
        if (!this.online) return false;
        this.connection?.send(stanza);
        return true;
    }

    // The result, or the error answer, or null when none came in time.
    ask(iq: Builder): Promise<Element | null> {
        return new Promise((resolve) => {
            const connection = this.connection;
            if (!connection?.authenticated) return resolve(null);
            connection.sendIQ(iq, resolve, (error: Element | null) => resolve(error), answerTimeout);
        });
    }

    private changed(connection: Connection, status: number, condition: string | null, element?: Element): void {
        if (this.connection !== connection) return;
        switch (status) {
            case Strophe.Status.CONNECTED:
                return this.opened(connection);
            case Strophe.Status.AUTHFAIL:
                // Of a <failure/> Strophe reports the element only.
                return this.ended(connection, whyLoginFailed(condition ?? element?.firstElementChild?.localName ?? null));
            case Strophe.Status.ERROR:
            case Strophe.Status.CONNFAIL:
            case Strophe.Status.CONNTIMEOUT:
            case Strophe.Status.DISCONNECTED:
                return this.ended(connection, whyConnectionEnded(condition));
        }
    }

    private opened(connection: Connection): void {
        this.clearTimers();
        this.failures = 0;
        this.wasOnline = true;
        for (const name of ['message', 'presence', 'iq']) {
            connection.addHandler((stanza: Element) => this.received(stanza), null, name, null);
        }
        this.timers.push(setInterval(() => void this.ping(connection), pingInterval));
        const keys = (connection.scram_keys as Keys | null) ?? undefined;
        this.listener.state({ kind: 'online', jid: connection.jid, keys });
    }

    // Strophe forgets a handler that throws, and the page would then be deaf: report and go on.
    private received(stanza: Element): boolean {
        try {
            this.listener.stanza(stanza);
        } catch (error) {
            console.error('A stanza was not understood', error);
        }
        return true;
    }

    private async ping(connection: Connection): Promise<void> {
        const answer = await this.ask($iq({ type: 'get', to: domain(this.user) }).c('ping', { xmlns: 'urn:xmpp:ping' }));
        if (answer === null) this.ended(connection, whyConnectionEnded('connection-timeout'));
    }

    private ended(connection: Connection, reason: Reason): void {
        if (this.connection !== connection) return;
        this.clearTimers();
        this.drop();
        // Somebody who never got in reads the reason beside the form, and decides.
        if (reason.final || !this.wasOnline) return this.signOut(reason.text);
        const delay = reconnectDelay(this.failures++);
        this.after(delay, () => void this.connect());
        this.listener.state({ kind: 'waiting', until: Date.now() + delay, why: reason.text });
    }

    // Strophe may be in the middle of reporting, so the old connection is closed after it has finished.
    private drop(): void {
        const old = this.connection;
        this.connection = undefined;
        if (old) setTimeout(() => old.disconnect(), 0);
    }

    private after(delay: number, then: () => void): void {
        this.timers.push(setTimeout(then, delay));
    }

    private clearTimers(): void {
        this.timers.forEach(clearTimeout);
        this.timers = [];
    }
}

// Away from HTTPS and the local host, browsers withhold the cryptography that SCRAM needs. The password then goes over
// as it is; the sign-in form says so.
function passwordMechanisms(): ConstructorParameters<typeof Strophe.Connection>[1] {
    const scram = [Strophe.SASLSHA512, Strophe.SASLSHA384, Strophe.SASLSHA256, Strophe.SASLSHA1];
    return { mechanisms: isSecureContext ? [...scram, Strophe.SASLPlain] : [Strophe.SASLPlain] };
}

export function randomId(): string {
    return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
