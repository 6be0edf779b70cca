// What was said, what is unread, and who is typing (XEP-0085). Kept in memory only.
import { $msg } from 'strophe.js';
import { bare } from './address';
import { randomId, type Session } from './session';
import { chatState, child, ns, sentAt, text } from './stanzas';

export interface Message {
    id: string;
    body: string;
    time: Date;
    mine: boolean;
    failed?: string;
}

export interface Conversation {
    jid: string;
    messages: Message[];
    unread: number;
    typing: boolean;
    draft: string;
    // Their client knows chat states, by its own word or because it sent one: only then may we send them alone.
    knowsChatStates: boolean;
    lastSent: 'active' | 'composing' | 'paused';
}

const pauseAfter = 5_000;
// A client that vanished while composing must not seem to type for ever.
const typingExpires = 60_000;

const failures: Record<string, string> = {
    'service-unavailable': 'not delivered: nobody is online at this address',
    'item-not-found': 'not delivered: there is no such address',
    'recipient-unavailable': 'not delivered: nobody is online at this address',
    'remote-server-not-found': 'not delivered: the other server was not found',
    'remote-server-timeout': 'not delivered: the other server did not answer',
    'forbidden': 'not delivered: not allowed',
    'not-allowed': 'not delivered: not allowed',
};

export class Conversations {
    private readonly all = new Map<string, Conversation>();
    private readonly pauseTimers = new Map<string, number>();
    private readonly typingTimers = new Map<string, number>();

    constructor(
        private readonly session: Session,
        private readonly changed: (jid: string, message?: Message) => void,
        private readonly isRead: (jid: string) => boolean,
    ) {}

    with(jid: string): Conversation {
        const known = this.all.get(jid);
        if (known) return known;
        const fresh: Conversation = {
            jid,
            messages: [],
            unread: 0,
            typing: false,
            draft: '',
            knowsChatStates: false,
            lastSent: 'active',
        };
        this.all.set(jid, fresh);
        return fresh;
    }

    get unread(): number {
        return [...this.all.values()].reduce((sum, conversation) => sum + conversation.unread, 0);
    }

    takeMessage(stanza: Element): void {
        const jid = bare(stanza.getAttribute('from') ?? '');
        const type = stanza.getAttribute('type');
        if (!jid || type === 'groupchat' || type === 'headline') return;
        if (type === 'error') return this.takeError(jid, stanza);

        const conversation = this.with(jid);
        const state = chatState(stanza);
        if (state) {
            conversation.knowsChatStates = true;
            this.setTyping(conversation, state === 'composing');
        }
        const body = text(stanza, 'body');
        if (body === undefined) return this.changed(jid);

        this.setTyping(conversation, false);
        const message = { id: stanza.getAttribute('id') ?? randomId(), body, time: sentAt(stanza), mine: false };
        conversation.messages.push(message);
        if (!this.isRead(jid)) conversation.unread++;
        this.changed(jid, message);
    }

    say(jid: string, body: string): boolean {
        const message = { id: randomId(), body, time: new Date(), mine: true };
        const stanza = $msg({ to: jid, type: 'chat', id: message.id });
        stanza.c('body').t(body).up().c('active', { xmlns: ns.chatStates });
        if (!this.session.send(stanza)) return false;
        const conversation = this.with(jid);
        conversation.messages.push(message);
        conversation.lastSent = 'active';
        this.stopPauseTimer(jid);
        this.changed(jid, message);
        return true;
    }

    // The user changed the text they are writing.
    drafted(jid: string, draft: string): void {
        const conversation = this.with(jid);
        conversation.draft = draft;
        this.stopPauseTimer(jid);
        if (draft === '') return this.tell(conversation, 'active');
        this.tell(conversation, 'composing');
        this.pauseTimers.set(
            jid,
            setTimeout(() => this.tell(conversation, 'paused'), pauseAfter),
        );
    }

    read(jid: string): void {
        const conversation = this.with(jid);
        if (conversation.unread === 0) return;
        conversation.unread = 0;
        this.changed(jid);
    }

    wentOffline(jid: string): void {
        const conversation = this.all.get(jid);
        if (conversation?.typing) this.setTyping(conversation, false);
    }

    // The stream ended: nobody is known to type, and our own state has to be told anew.
    interrupted(): void {
        for (const conversation of this.all.values()) {
            this.setTyping(conversation, false);
            this.stopPauseTimer(conversation.jid);
            conversation.lastSent = 'active';
        }
    }

    private takeError(jid: string, stanza: Element): void {
        const message = this.all.get(jid)?.messages.find((m) => m.mine && m.id === stanza.getAttribute('id'));
        if (!message) return;
        const error = child(stanza, 'error');
        const condition = Array.from(error?.children ?? []).find((e) => e.namespaceURI === ns.stanzaErrors);
        message.failed = failures[condition?.localName ?? ''] ?? 'not delivered';
        this.changed(jid, message);
    }

    private tell(conversation: Conversation, state: Conversation['lastSent']): void {
        if (conversation.lastSent === state || !conversation.knowsChatStates) return;
        const stanza = $msg({ to: conversation.jid, type: 'chat' }).c(state, { xmlns: ns.chatStates });
        if (this.session.send(stanza)) conversation.lastSent = state;
    }

    private setTyping(conversation: Conversation, typing: boolean): void {
        clearTimeout(this.typingTimers.get(conversation.jid));
        if (typing) {
            const forget = () => this.setTyping(conversation, false);
            this.typingTimers.set(conversation.jid, setTimeout(forget, typingExpires));
        }
        if (conversation.typing === typing) return;
        conversation.typing = typing;
        this.changed(conversation.jid);
    }

    private stopPauseTimer(jid: string): void {
        clearTimeout(this.pauseTimers.get(jid));
        this.pauseTimers.delete(jid);
    }
}
