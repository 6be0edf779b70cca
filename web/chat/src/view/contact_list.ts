// The left column: who is there, who wants to be, and whom to add.
import { complete } from '../address';
import type { Availability, Contact } from '../contacts';
import type { Conversation } from '../conversations';
import { avatar, h, setText } from './dom';

export interface ContactListActions {
    open(jid: string): void;
    add(jid: string): void;
    answerRequest(jid: string, accept: boolean): void;
}

const words: Record<Availability, string> = { online: 'online', away: 'away', busy: 'do not disturb', offline: 'offline' };

export class ContactListView {
    private readonly requests = h('ul', { class: 'requests', 'aria-label': 'Contact requests' });
    private readonly items = h('ul', { class: 'contacts', keydown: (event: KeyboardEvent) => this.moved(event) });
    private readonly empty = h('p', { class: 'hint' }, 'No contacts yet. Add one below.');
    private readonly notice = h('p', { class: 'notice', role: 'alert' });
    private readonly address = h('input', {
        type: 'text',
        id: 'new-contact',
        placeholder: 'name@example.org',
        autocomplete: 'off',
        autocapitalize: 'none',
        spellcheck: 'false',
        'aria-label': 'Address of a new contact',
    });

    readonly element = h(
        'nav',
        { class: 'people', 'aria-label': 'Contacts' },
        this.requests,
        h('div', { class: 'scroll' }, this.items, this.empty),
        h(
            'form',
            { class: 'add', novalidate: true, submit: (event: SubmitEvent) => this.submitted(event) },
            this.address,
            h('button', { type: 'submit' }, 'Add'),
            this.notice,
        ),
    );

    constructor(private readonly actions: ContactListActions) {}

    show(contacts: Contact[], conversation: (jid: string) => Conversation, open: string | undefined): void {
        const focused = (document.activeElement as HTMLElement | null)?.dataset['jid'];
        this.items.replaceChildren(...contacts.map((c) => this.item(c, conversation(c.jid), c.jid === open)));
        this.empty.hidden = contacts.length > 0;
        if (focused) this.buttons().find((button) => button.dataset['jid'] === focused)?.focus();
    }

    showRequests(jids: string[]): void {
        this.requests.hidden = jids.length === 0;
        this.requests.replaceChildren(...jids.map((jid) => this.request(jid)));
    }

    focus(): void {
        (this.items.querySelector<HTMLElement>('[aria-current]') ?? this.buttons()[0] ?? this.address).focus();
    }

    private item(contact: Contact, conversation: Conversation, open: boolean): HTMLElement {
        const { unread, typing } = conversation;
        const detail = typing
            ? 'typing…'
            : contact.pending
              ? 'has not answered yet'
              : contact.status || words[contact.availability];
        const spoken = [
            contact.name,
            words[contact.availability],
            ...(typing ? ['typing'] : []),
            ...(unread ? [`${unread} unread`] : []),
        ];
        return h(
            'li',
            {},
            h(
                'button',
                {
                    type: 'button',
                    class: 'contact',
                    'data-jid': contact.jid,
                    'data-availability': contact.availability,
                    title: contact.jid,
                    'aria-label': spoken.join(', '),
                    'aria-current': open ? 'true' : undefined,
                    click: () => this.actions.open(contact.jid),
                },
                h('span', { class: 'portrait' }, avatar(contact.jid, contact.name), h('span', { class: 'dot' })),
                h(
                    'span',
                    { class: 'who' },
                    h('span', { class: 'name' }, contact.name),
                    h('span', { class: typing ? 'detail typing' : 'detail' }, detail),
                ),
                unread > 0 && h('span', { class: 'unread' }, unread > 99 ? '99+' : String(unread)),
            ),
        );
    }

    private request(jid: string): HTMLElement {
        const answer = (accept: boolean) => () => this.actions.answerRequest(jid, accept);
        return h(
            'li',
            { class: 'request' },
            h('p', {}, h('strong', {}, jid), ' wants to see when you are online.'),
            h('button', { type: 'button', class: 'primary', click: answer(true) }, 'Accept'),
            h('button', { type: 'button', click: answer(false) }, 'Decline'),
        );
    }

    private submitted(event: SubmitEvent): void {
        event.preventDefault();
        const jid = complete(this.address.value);
        setText(this.notice, jid ? '' : 'That is not an address.');
        if (!jid) return;
        this.address.value = '';
        this.actions.add(jid);
    }

    private moved(event: KeyboardEvent): void {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!step) return;
        const buttons = this.buttons();
        const next = buttons[buttons.indexOf(document.activeElement as HTMLElement) + step];
        if (!next) return;
        event.preventDefault();
        next.focus();
    }

    private buttons(): HTMLElement[] {
        return Array.from(this.items.querySelectorAll<HTMLElement>('button'));
    }
}
