// The user's contacts and whether they are online: roster and presence (RFC 6121, 2 to 4).
import { $iq, $pres } from 'strophe.js';
import { bare, localpart } from './address';
import type { Session } from './session';
import { child, ns, text } from './stanzas';

export type Availability = 'online' | 'away' | 'busy' | 'offline';

export interface Contact {
    jid: string;
    name: string;
    availability: Availability;
    status: string;
    // Somebody who wrote to us without being in the roster.
    stranger: boolean;
    // We asked to see their presence and have no answer yet.
    pending: boolean;
}

interface Resource {
    priority: number;
    availability: Availability;
    status: string;
}

const availabilityOfShow: Record<string, Availability> = { away: 'away', xa: 'away', dnd: 'busy' };

export class Contacts {
    private readonly contacts = new Map<string, Contact>();
    private readonly resources = new Map<string, Map<string, Resource>>();
    private readonly asking = new Set<string>();

    constructor(
        private readonly session: Session,
        private readonly changed: () => void,
        private readonly appeared: (fullJid: string) => void,
    ) {}

    get list(): Contact[] {
        const rank = { online: 0, busy: 1, away: 2, offline: 3 };
        return [...this.contacts.values()].sort(
            (a, b) => rank[a.availability] - rank[b.availability] || a.name.localeCompare(b.name),
        );
    }

    // Those who wait for our answer to their subscription request.
    get requests(): string[] {
        return [...this.asking];
    }

    get(jid: string): Contact | undefined {
        return this.contacts.get(jid);
    }

    // The stream ended: nobody's presence is known.
    interrupted(): void {
        this.resources.clear();
        for (const jid of this.contacts.keys()) this.refresh(jid);
        this.changed();
    }

    // A new stream. The roster may have changed meanwhile. Presence goes out after the roster has come, so that no answer
    // to it concerns an unknown contact.
    async begin(): Promise<void> {
        const answer = await this.session.ask($iq({ type: 'get' }).c('query', { xmlns: ns.roster }));
        const query = answer && child(answer, 'query', ns.roster);
        if (query) {
            for (const [jid, contact] of this.contacts) if (!contact.stranger) this.contacts.delete(jid);
            this.takeItems(query);
        }
        this.session.send($pres());
        this.changed();
    }

    // True: the stanza was a roster push and is answered.
    takePush(iq: Element): boolean {
        const query = child(iq, 'query', ns.roster);
        if (!query || iq.getAttribute('type') !== 'set') return false;
        // A push from anybody but the own account is an attack (RFC 6121, 2.1.6).
        const from = iq.getAttribute('from');
        if (from && bare(from) !== this.session.user) return false;
        this.takeItems(query);
        this.session.send($iq({ type: 'result', id: iq.getAttribute('id') ?? '' }));
        this.changed();
        return true;
    }

    takePresence(presence: Element): void {
        const from = presence.getAttribute('from') ?? '';
        const jid = bare(from);
        if (jid === this.session.user) return;
        const type = presence.getAttribute('type');
        if (type === 'subscribe') this.asking.add(jid);
        else if (type === null) this.takeAvailable(jid, from, presence);
        else if (type === 'unavailable' || type === 'error') this.resourcesOf(jid).delete(from);
        this.refresh(jid);
        this.changed();
    }

    add(jid: string): void {
        this.session.send($iq({ type: 'set', id: `add:${jid}` }).c('query', { xmlns: ns.roster }).c('item', { jid }));
        this.session.send($pres({ to: jid, type: 'subscribe' }));
    }

    answerRequest(jid: string, accept: boolean): void {
        this.asking.delete(jid);
        this.session.send($pres({ to: jid, type: accept ? 'subscribed' : 'unsubscribed' }));
        const known = this.contacts.get(jid);
        if (accept && (!known || known.stranger)) this.add(jid);
        this.changed();
    }

    ensure(jid: string): Contact {
        const known = this.contacts.get(jid);
        if (known) return known;
        const contact: Contact = {
            jid,
            name: localpart(jid),
            availability: 'offline',
            status: '',
            stranger: true,
            pending: false,
        };
        this.contacts.set(jid, contact);
        this.refresh(jid);
        return contact;
    }

    private takeItems(query: Element): void {
        for (const item of Array.from(query.children)) {
            const jid = bare(item.getAttribute('jid') ?? '');
            if (item.localName !== 'item' || !jid) continue;
            if (item.getAttribute('subscription') === 'remove') {
                this.contacts.delete(jid);
                continue;
            }
            Object.assign(this.ensure(jid), {
                name: item.getAttribute('name') || localpart(jid),
                stranger: false,
                pending: item.getAttribute('ask') === 'subscribe',
            });
        }
    }

    private takeAvailable(jid: string, full: string, presence: Element): void {
        const known = this.resourcesOf(jid).has(full);
        this.resourcesOf(jid).set(full, {
            priority: Number(text(presence, 'priority') ?? 0) || 0,
            availability: availabilityOfShow[text(presence, 'show') ?? ''] ?? 'online',
            status: text(presence, 'status') ?? '',
        });
        if (!known) this.appeared(full);
    }

    // A contact is as available as the resource of highest priority.
    private refresh(jid: string): void {
        const contact = this.contacts.get(jid);
        if (!contact) return;
        const [best] = [...this.resourcesOf(jid).values()].sort((a, b) => b.priority - a.priority);
        contact.availability = best?.availability ?? 'offline';
        contact.status = best?.status ?? '';
    }

    private resourcesOf(jid: string): Map<string, Resource> {
        const known = this.resources.get(jid);
        if (known) return known;
        const fresh = new Map<string, Resource>();
        this.resources.set(jid, fresh);
        return fresh;
    }
}
