// The chat page of Meerkat: the form, then the chat, then the form again. An address after '#' in the page's own
// address fills the form.
import { Chat } from './chat';
import { forget, remember, remembered } from './remembered';
import type { Secret, State } from './session';
import { LoginView, type Login } from './view/login';

const page = document.getElementById('app')!;

function showLogin(address: string, notice = ''): LoginView {
    const login = new LoginView(address, (entered) => signIn(login, entered));
    page.replaceChildren(login.element);
    login.show(notice);
    login.focus();
    return login;
}

function signIn(login: LoginView, { user, password, stay }: Login): void {
    login.busy(true);
    enter(user, password, stay, (notice) => login.show(notice));
}

// Shows the chat once the server let the user in; until then failures go to `refused`.
function enter(user: string, secret: Secret, stay: boolean, refused: (notice: string) => void): void {
    let inside = false;
    const chat = new Chat(user, secret, (state: State) => {
        if (state.kind === 'online') {
            if (stay && state.keys) remember({ user, keys: state.keys });
            if (!inside) page.replaceChildren(chat.element);
            inside = true;
        } else if (state.kind === 'signed-out') {
            forget();
            if (inside) showLogin(user, state.notice);
            else refused(state.notice ?? '');
        }
    });
    chat.start();
}

function addressAsked(): string {
    try {
        return decodeURIComponent(location.hash.slice(1));
    } catch {
        return '';
    }
}

const kept = remembered();
const login = showLogin(kept?.user ?? addressAsked());
if (kept) {
    login.busy(true);
    enter(kept.user, kept.keys, true, (notice) => login.show(notice));
}
