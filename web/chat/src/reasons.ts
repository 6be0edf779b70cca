// Why a connection ended, in words for people, and whether trying again by itself can help.
export interface Reason {
    text: string;
    final: boolean;
}

const final = (text: string): Reason => ({ text, final: true });
const passing = (text: string): Reason => ({ text, final: false });

const unreachable = passing('The server cannot be reached.');

const streamErrors: Record<string, Reason> = {
    'conflict': final('This connection was replaced by a new one: you signed in again elsewhere under the same name.'),
    'host-unknown': final('This server does not know the domain of that address.'),
    'host-gone': final('This server no longer serves the domain of that address.'),
    'not-authorized': final('The server ended this session: it is not authorized.'),
    'policy-violation': final('The server ended this session because a limit was exceeded.'),
    'no-auth-mech': final('The server offers no way to sign in that this page knows.'),
    'system-shutdown': passing('The server is shutting down or restarting.'),
    'resource-constraint': passing('The server is too busy.'),
    'connection-timeout': passing('The connection timed out.'),
};

const loginErrors: Record<string, string> = {
    'not-authorized': 'Wrong address or password.',
    'account-disabled': 'This account is disabled.',
    'credentials-expired': 'The password has expired.',
    'invalid-authzid': 'This address may not be used with that account.',
    'malformed-request': 'The server did not understand the sign-in.',
    'mechanism-too-weak': 'The server wants a stronger way to sign in than this page knows.',
    'temporary-auth-failure': 'The server cannot check passwords at the moment. Try again soon.',
    'policy-violation': 'Too many attempts. Wait a minute, then try again.',
    'conflict': 'Another session uses the same name, and the server keeps it.',
};

// A stream error condition (RFC 6120, 4.9.3), or anything else the transport reported.
export function whyConnectionEnded(condition: string | null): Reason {
    return (condition !== null && streamErrors[condition]) || unreachable;
}

// A SASL error condition (RFC 6120, 6.5).
export function whyLoginFailed(condition: string | null): Reason {
    return final((condition !== null && loginErrors[condition]) || 'The server refused the sign-in.');
}
