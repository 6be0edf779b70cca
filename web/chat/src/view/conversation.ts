// The right column: one conversation and the field to write in.
import type { Contact } from '../contacts';
import type { Conversation, Message } from '../conversations';
import { avatar, h, setText } from './dom';

export interface ConversationActions {
    say(jid: string, body: string): boolean;
    drafted(jid: string, draft: string): void;
    close(): void;
}

const timeOfDay = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

export class ConversationView {
    private jid: string | undefined;
    private name = '';
    private lastDay = '';
    private online = false;

    private readonly heading = h('h2', { tabindex: '-1' });
    private readonly detail = h('p', { class: 'detail' });
    private readonly portrait = h('span', { class: 'portrait' });
    private readonly log = h('ol', {
        class: 'messages',
        role: 'log',
        tabindex: '0',
        'aria-live': 'polite',
        'aria-label': 'Messages',
    });
    private readonly typing = h('p', { class: 'typing-line', role: 'status' });
    private readonly field = h('textarea', {
        id: 'message',
        rows: '1',
        'aria-label': 'Message',
        placeholder: 'Write a message',
        keydown: (event: KeyboardEvent) => this.pressed(event),
        input: () => this.edited(),
    });
    private readonly button = h('button', { type: 'submit', class: 'primary' }, 'Send');

    private readonly back = h(
        'button',
        { type: 'button', class: 'back', 'aria-label': 'Back to contacts', click: () => this.actions.close() },
        '‹',
    );
    private readonly nobody = h('p', { class: 'nobody' }, 'Choose somebody to talk to.');
    private readonly panel = h(
        'div',
        { class: 'panel', hidden: true },
        h('header', {}, this.back, this.portrait, h('div', { class: 'who' }, this.heading, this.detail)),
        this.log,
        this.typing,
        h(
            'form',
            { class: 'composer', submit: (event: SubmitEvent) => this.submitted(event) },
            this.field,
            this.button,
        ),
    );

    readonly element = h('main', { class: 'conversation' }, this.nobody, this.panel);

    constructor(private readonly actions: ConversationActions) {}

    open(contact: Contact, conversation: Conversation): void {
        this.jid = contact.jid;
        this.lastDay = '';
        this.nobody.hidden = true;
        this.panel.hidden = false;
        this.portrait.replaceChildren(avatar(contact.jid, contact.name), h('span', { class: 'dot' }));
        // Rebuilding the whole log is no news to be read aloud.
        this.log.setAttribute('aria-live', 'off');
        this.log.replaceChildren();
        this.showContact(contact);
        conversation.messages.forEach((message) => this.append(message));
        this.log.setAttribute('aria-live', 'polite');
        this.field.value = conversation.draft;
        this.showTyping(conversation.typing);
        this.fit();
        this.toEnd();
        this.field.focus();
    }

    close(): void {
        this.jid = undefined;
        this.panel.hidden = true;
        this.nobody.hidden = false;
    }

    showContact(contact: Contact): void {
        this.name = contact.name;
        setText(this.heading, contact.name);
        setText(this.detail, contact.status || contact.jid);
        this.portrait.dataset['availability'] = contact.availability;
    }

    showTyping(typing: boolean): void {
        setText(this.typing, typing ? `${this.name} is typing…` : '');
    }

    showOnline(online: boolean): void {
        this.online = online;
        this.button.disabled = !online;
        this.button.title = online ? '' : 'Not connected: the message stays here until the connection is back.';
    }

    // A new message, or one whose fate changed.
    showMessage(message: Message): void {
        const shown = Array.from(this.log.children).find((e) => (e as HTMLElement).dataset['id'] === message.id);
        if (shown && message.failed) shown.replaceWith(this.item(message));
        if (shown) return;
        const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
        this.append(message);
        if (atEnd || message.mine) this.toEnd();
    }

    private append(message: Message): void {
        const date = day.format(message.time);
        if (date !== this.lastDay) this.log.append(h('li', { class: 'day' }, h('span', {}, date)));
        this.lastDay = date;
        this.log.append(this.item(message));
    }

    private item(message: Message): HTMLElement {
        return h(
            'li',
            { class: message.mine ? 'message mine' : 'message theirs', 'data-id': message.id },
            h('span', { class: 'spoken' }, message.mine ? 'You: ' : `${this.name}: `),
            h('span', { class: 'body', dir: 'auto' }, message.body),
            h('time', { datetime: message.time.toISOString() }, timeOfDay.format(message.time)),
            message.failed !== undefined && h('span', { class: 'failed' }, message.failed),
        );
    }

    private pressed(event: KeyboardEvent): void {
        if (event.key === 'Escape') return this.actions.close();
        // While an input method composes, Enter chooses a character.
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.send();
    }

    private submitted(event: SubmitEvent): void {
        event.preventDefault();
        this.send();
        this.field.focus();
    }

    private send(): void {
        const body = this.field.value.trim();
        if (!this.jid || !body || !this.online || !this.actions.say(this.jid, body)) return;
        this.field.value = '';
        this.edited();
    }

    private edited(): void {
        this.fit();
        if (this.jid) this.actions.drafted(this.jid, this.field.value);
    }

    // Up to six lines, without inline styles.
    private fit(): void {
        const lines = this.field.value.split('\n').length;
        this.field.rows = Math.min(6, Math.max(1, lines));
    }

    private toEnd(): void {
        this.log.scrollTop = this.log.scrollHeight;
    }
}
