// How long to wait before the next attempt to reconnect: doubling from one second to half a minute, each shortened by
// a random part, so that the clients of a restarted server do not come back in the same instant.
const first = 1_000;
const longest = 30_000;

export function reconnectDelay(attempt: number, random: () => number = Math.random): number {
    const whole = Math.min(longest, first * 2 ** Math.min(attempt, 10));
    return Math.round(whole * (0.6 + 0.4 * random()));
}
