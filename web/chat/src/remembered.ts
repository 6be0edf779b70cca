// Staying signed in over a reload of this tab, if the user ticked it: the address and the SCRAM keys, never the
// password. The browser forgets them with the tab.
import type { Keys } from './session';

const place = 'meerkat.session';

export interface Remembered {
    user: string;
    keys: Keys;
}

export function remember(session: Remembered): void {
    sessionStorage.setItem(place, JSON.stringify(session));
}

export function remembered(): Remembered | undefined {
    try {
        const found = JSON.parse(sessionStorage.getItem(place) ?? 'null') as Remembered | null;
        return found?.user && found.keys ? found : undefined;
    } catch {
        forget();
        return undefined;
    }
}

export function forget(): void {
    sessionStorage.removeItem(place);
}
