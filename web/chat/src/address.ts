// Addresses: of users (RFC 7622) and of the server's WebSocket.

export function bare(jid: string): string {
    const slash = jid.indexOf('/');
    return slash < 0 ? jid : jid.slice(0, slash);
}

export function localpart(jid: string): string {
    const at = bare(jid).indexOf('@');
    return at < 0 ? jid : jid.slice(0, at);
}

export function domain(jid: string): string {
    const address = bare(jid);
    return address.slice(address.indexOf('@') + 1);
}

// What somebody typed, completed to a bare address; undefined when it cannot be one. A name without a domain belongs
// to the host the page came from. The server has the last word on characters.
export function complete(typed: string, host: string = location.hostname): string | undefined {
    const text = bare(typed.trim());
    const home = /^[\d.]+$|^\[/.test(host) ? 'localhost' : host;
    const address = text.includes('@') ? text : `${text}@${home}`;
    return /^[^\s@"&'/:<>]+@[^\s@/]+$/u.test(address) ? address.toLowerCase() : undefined;
}

interface Link {
    rel?: string;
    href?: string;
}

// The WebSocket of the server this page came from: as announced by XEP-0156, else at the customary path. An announced
// address of another host is not used: the Content-Security-Policy of this page would refuse it.
export async function websocketAddress(): Promise<string> {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    try {
        const answer = await fetch('/.well-known/host-meta.json', { signal: AbortSignal.timeout(5_000) });
        if (answer.ok) {
            const links = ((await answer.json()) as { links?: Link[] }).links ?? [];
            for (const { rel, href } of links) {
                if (rel !== 'urn:xmpp:alt-connections:websocket' || !href) continue;
                const url = new URL(href);
                if (url.protocol === scheme && url.host === location.host) return url.href;
            }
        }
    } catch {
        // Unreachable, too slow or not JSON. The customary path below is tried; if the server is gone, that attempt
        // fails and is reported to the user.
    }
    return `${scheme}//${location.host}/ws-xmpp`;
}
