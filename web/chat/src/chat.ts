// A signed-in user's page: joins the session, what is known, and what is shown.
import { bare } from './address';
import { Contacts } from './contacts';
import { Conversations, type Message } from './conversations';
import { answerQuestion, knowsChatStates } from './discovery';
import { Session, type Secret, type State } from './session';
import { ContactListView } from './view/contact_list';
import { ConversationView } from './view/conversation';
import { h } from './view/dom';
import { StatusBarView } from './view/status_bar';

const title = 'Meerkat chat';

export class Chat {
    private readonly session: Session;
    private readonly contacts: Contacts;
    private readonly conversations: Conversations;
    private open: string | undefined;

    private readonly statusBar = new StatusBarView({
        retry: () => this.session.retryNow(),
        signOut: () => this.session.signOut(),
    });
    private readonly list = new ContactListView({
        open: (jid) => this.openConversation(jid),
        add: (jid) => {
            this.contacts.add(jid);
            this.openConversation(jid);
        },
        answerRequest: (jid, accept) => this.contacts.answerRequest(jid, accept),
    });
    private readonly conversation = new ConversationView({
        say: (jid, body) => this.conversations.say(jid, body),
        drafted: (jid, draft) => this.conversations.drafted(jid, draft),
        close: () => this.closeConversation(),
    });

    readonly element = h(
        'div',
        { class: 'chat' },
        this.statusBar.element,
        h('div', { class: 'columns' }, this.list.element, this.conversation.element),
    );

    constructor(
        user: string,
        secret: Secret,
        private readonly stateChanged: (state: State) => void,
    ) {
        this.session = new Session(user, secret, {
            state: (state) => this.took(state),
            stanza: (stanza) => this.received(stanza),
        });
        this.contacts = new Contacts(
            this.session,
            () => this.showPeople(),
            (fullJid) => void this.askForChatStates(fullJid),
        );
        this.conversations = new Conversations(
            this.session,
            (jid, message) => this.showConversation(jid, message),
            (jid) => this.isRead(jid),
        );
        this.showPeople();
        addEventListener('focus', this.lookedAt);
    }

    start(): void {
        void this.session.connect();
    }

    private took(state: State): void {
        this.statusBar.show(this.session.user, state);
        this.conversation.showOnline(state.kind === 'online');
        if (state.kind === 'online') {
            void this.contacts.begin();
        } else {
            this.contacts.interrupted();
            this.conversations.interrupted();
        }
        if (state.kind === 'signed-out') this.end();
        this.stateChanged(state);
    }

    private end(): void {
        this.statusBar.stop();
        removeEventListener('focus', this.lookedAt);
        document.title = title;
    }

    private received(stanza: Element): void {
        switch (stanza.localName) {
            case 'message':
                return this.conversations.takeMessage(stanza);
            case 'presence':
                this.contacts.takePresence(stanza);
                if (stanza.getAttribute('type') === 'unavailable') {
                    this.conversations.wentOffline(bare(stanza.getAttribute('from') ?? ''));
                }
                return;
            case 'iq':
                if (!this.contacts.takePush(stanza)) answerQuestion(this.session, stanza);
        }
    }

    private async askForChatStates(fullJid: string): Promise<void> {
        if (await knowsChatStates(this.session, fullJid)) {
            this.conversations.with(bare(fullJid)).knowsChatStates = true;
        }
    }

    private openConversation(jid: string): void {
        this.open = jid;
        this.element.dataset['open'] = 'true';
        this.conversation.open(this.contacts.ensure(jid), this.conversations.with(jid));
        this.conversations.read(jid);
        this.showPeople();
    }

    private closeConversation(): void {
        this.open = undefined;
        delete this.element.dataset['open'];
        this.conversation.close();
        this.showPeople();
        this.list.focus();
    }

    private isRead(jid: string): boolean {
        return this.open === jid && document.hasFocus();
    }

    private readonly lookedAt = (): void => {
        if (this.open) this.conversations.read(this.open);
    };

    private showConversation(jid: string, message?: Message): void {
        const contact = this.contacts.ensure(jid);
        const conversation = this.conversations.with(jid);
        if (this.open === jid) {
            this.conversation.showTyping(conversation.typing);
            if (message) this.conversation.showMessage(message);
        }
        if (contact) this.showPeople();
    }

    private showPeople(): void {
        this.list.show(this.contacts.list, (jid) => this.conversations.with(jid), this.open);
        this.list.showRequests(this.contacts.requests);
        const contact = this.open ? this.contacts.get(this.open) : undefined;
        if (contact) this.conversation.showContact(contact);
        const unread = this.conversations.unread;
        document.title = unread ? `(${unread}) ${title}` : title;
    }
}
