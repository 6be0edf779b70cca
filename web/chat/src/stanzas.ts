// Reading stanzas by namespace, never by prefix.
export const ns = {
    roster: 'jabber:iq:roster',
    chatStates: 'http://jabber.org/protocol/chatstates', // XEP-0085
    delay: 'urn:xmpp:delay', // XEP-0203
    discoInfo: 'http://jabber.org/protocol/disco#info', // XEP-0030
    ping: 'urn:xmpp:ping', // XEP-0199
    stanzaErrors: 'urn:ietf:params:xml:ns:xmpp-stanzas',
} as const;

export function child(parent: Element, name: string, namespace = 'jabber:client'): Element | undefined {
    return Array.from(parent.children).find((e) => e.localName === name && e.namespaceURI === namespace);
}

export function text(parent: Element, name: string): string | undefined {
    return child(parent, name)?.textContent ?? undefined;
}

// The chat state a message carries (XEP-0085, 2).
export function chatState(message: Element): string | undefined {
    return Array.from(message.children).find((e) => e.namespaceURI === ns.chatStates)?.localName;
}

// When a message was sent: now, unless it was delayed on its way.
export function sentAt(message: Element): Date {
    const stamp = child(message, 'delay', ns.delay)?.getAttribute('stamp');
    const time = stamp ? new Date(stamp) : new Date();
    return Number.isNaN(time.getTime()) ? new Date() : time;
}
