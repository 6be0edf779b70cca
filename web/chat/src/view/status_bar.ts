// The top line: who is signed in, and what the connection does. Counts down to the next attempt.
import type { State } from '../session';
import { h, setText } from './dom';

export interface StatusBarActions {
    retry(): void;
    signOut(): void;
}

export class StatusBarView {
    private countdown: number | undefined;
    private readonly user = h('span', { class: 'user' });
    private readonly state = h('span', { class: 'state' });
    private readonly words = h('span', { role: 'status' });
    private readonly clock = h('span', { 'aria-hidden': 'true' });
    private readonly retry = h('button', { type: 'button', click: () => this.actions.retry() }, 'Try now');
    private readonly banner = h('div', { class: 'banner', hidden: true }, this.words, this.clock, this.retry);

    readonly element = h(
        'header',
        { class: 'top' },
        h(
            'div',
            { class: 'bar' },
            h('img', { src: './icon.svg', alt: '', width: '28', height: '28' }),
            this.user,
            this.state,
            h('button', { type: 'button', class: 'quiet', click: () => this.actions.signOut() }, 'Sign out'),
        ),
        this.banner,
    );

    constructor(private readonly actions: StatusBarActions) {}

    show(user: string, state: State): void {
        clearInterval(this.countdown);
        setText(this.user, user);
        this.element.dataset['state'] = state.kind;
        setText(this.state, { online: 'online', connecting: 'connecting…', waiting: 'offline', 'signed-out': '' }[state.kind]);
        this.banner.hidden = state.kind === 'online' || state.kind === 'signed-out';
        this.retry.hidden = state.kind !== 'waiting';
        setText(this.clock, '');
        if (state.kind === 'connecting') setText(this.words, state.again ? 'Reconnecting…' : 'Connecting…');
        if (state.kind === 'waiting') this.count(state.why, state.until);
    }

    stop(): void {
        clearInterval(this.countdown);
    }

    private count(why: string, until: number): void {
        setText(this.words, why);
        const tick = () => {
            const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1_000));
            setText(this.clock, `Trying again in ${seconds} s.`);
        };
        tick();
        this.countdown = setInterval(tick, 1_000);
    }
}
