// The sign-in form.
import { complete } from '../address';
import { h, setText } from './dom';

export interface Login {
    user: string;
    password: string;
    stay: boolean;
}

export class LoginView {
    private readonly address = h('input', {
        id: 'address',
        name: 'username',
        type: 'text',
        required: true,
        autocomplete: 'username',
        autocapitalize: 'none',
        spellcheck: 'false',
        placeholder: 'juliet@example.org',
        'aria-describedby': 'notice',
    });
    private readonly password = h('input', {
        id: 'password',
        name: 'password',
        type: 'password',
        required: true,
        autocomplete: 'current-password',
        'aria-describedby': 'notice',
    });
    private readonly stay = h('input', { id: 'stay', type: 'checkbox' });
    private readonly notice = h('p', { id: 'notice', class: 'notice', role: 'alert' });
    private readonly button = h('button', { type: 'submit', class: 'primary' }, 'Sign in');

    readonly element = h(
        'main',
        { class: 'login' },
        h(
            'form',
            { class: 'card', novalidate: true, submit: (event: SubmitEvent) => this.submitted(event) },
            h('img', { src: './icon.svg', alt: '', width: '56', height: '56' }),
            h('h1', {}, 'Meerkat chat'),
            h('label', { for: 'address' }, 'Address'),
            this.address,
            h('label', { for: 'password' }, 'Password'),
            this.password,
            h(
                'label',
                { class: 'tick', for: 'stay' },
                this.stay,
                h('span', {}, 'Stay signed in when this tab is reloaded'),
            ),
            this.button,
            this.notice,
            !isSecureContext &&
                h('p', { class: 'warning' }, 'This page came without encryption: others on the network can read along.'),
        ),
    );

    constructor(
        address: string,
        private readonly signIn: (login: Login) => void,
    ) {
        this.address.value = address;
    }

    focus(): void {
        (this.address.value ? this.password : this.address).focus();
    }

    show(notice: string): void {
        this.busy(false);
        setText(this.notice, notice);
        if (notice) this.password.select();
    }

    busy(busy: boolean): void {
        this.button.disabled = busy;
        setText(this.button, busy ? 'Signing in…' : 'Sign in');
        if (busy) setText(this.notice, '');
    }

    clear(): void {
        this.password.value = '';
    }

    private submitted(event: SubmitEvent): void {
        event.preventDefault();
        const user = complete(this.address.value);
        if (!user) {
            this.show('That is not an address. It looks like name@example.org.');
            return this.address.focus();
        }
        if (!this.password.value) {
            this.show('Please type the password.');
            return this.password.focus();
        }
        this.signIn({ user, password: this.password.value, stay: this.stay.checked });
    }
}
