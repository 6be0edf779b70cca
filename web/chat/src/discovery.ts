// Service discovery between clients (XEP-0030): tells others that this page knows chat states, and learns the same
// about them. Answers every other question, too: an iq without an answer is an error (RFC 6120, 8.2.3).
import { $iq } from 'strophe.js';
import type { Session } from './session';
import { child, ns } from './stanzas';

const features = [ns.discoInfo, ns.chatStates, ns.ping];

export async function knowsChatStates(session: Session, fullJid: string): Promise<boolean> {
    const answer = await session.ask($iq({ type: 'get', to: fullJid }).c('query', { xmlns: ns.discoInfo }));
    const query = answer?.getAttribute('type') === 'result' ? child(answer, 'query', ns.discoInfo) : undefined;
    return Array.from(query?.children ?? []).some((e) => e.getAttribute('var') === ns.chatStates);
}

// Answers an iq of type get or set that nothing else took.
export function answerQuestion(session: Session, iq: Element): void {
    const type = iq.getAttribute('type');
    if (type !== 'get' && type !== 'set') return;
    const id = iq.getAttribute('id') ?? '';
    const from = iq.getAttribute('from');
    const reply = (kind: string) => $iq({ type: kind, id, ...(from ? { to: from } : {}) });

    if (type === 'get' && child(iq, 'ping', ns.ping)) {
        session.send(reply('result'));
    } else if (type === 'get' && child(iq, 'query', ns.discoInfo)) {
        const answer = reply('result').c('query', { xmlns: ns.discoInfo });
        answer.c('identity', { category: 'client', type: 'web', name: 'Meerkat chat' }).up();
        for (const feature of features) answer.c('feature', { var: feature }).up();
        session.send(answer);
    } else {
        const error = reply('error').c('error', { type: 'cancel' });
        session.send(error.c('service-unavailable', { xmlns: ns.stanzaErrors }));
    }
}
