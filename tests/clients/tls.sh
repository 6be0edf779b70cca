#!/bin/bash
# openssl s_client against the TLS listeners: tls.sh alpn | versions | starttls
set -euo pipefail

# handshake PORT [arguments]: what s_client says; its exit code does not tell whether the handshake succeeded.
handshake() {
    local port=$1
    shift
    timeout 15 openssl s_client -connect "127.0.0.1:$port" -servername localhost -CAfile "$SERVER_CERTIFICATE" \
        -verify_return_error "$@" </dev/null 2>&1 || true
}

expect() { grep --quiet --extended-regexp "$1" <<<"$2" || { echo "$2" >&2; echo "Expected: $1" >&2; exit 1; }; }
refuse() { if grep --quiet --extended-regexp "$1" <<<"$2"; then echo "$2" >&2; echo "Not expected: $1" >&2; exit 1; fi; }

alpn() {
    expect 'ALPN protocol: xmpp-client' "$(handshake "$SERVER_TLS_PORT" -alpn xmpp-client)"
    expect 'ALPN protocol: http/1.1' "$(handshake "$SERVER_HTTPS_PORT" -alpn h2,http/1.1)"
    # A client that asks for nothing is served, one that asks for something else is not (RFC 7301, 3.2).
    expect 'Verify return code: 0 ' "$(handshake "$SERVER_TLS_PORT")"
    refuse 'ALPN protocol: imap' "$(handshake "$SERVER_TLS_PORT" -alpn imap)"
}

versions() {
    for port in "$SERVER_TLS_PORT" "$SERVER_HTTPS_PORT"; do
        expect 'New, TLSv1.3, ' "$(handshake "$port" -tls1_3)"
        expect 'New, TLSv1.2, ' "$(handshake "$port" -tls1_2)"
        expect 'alert protocol version' "$(handshake "$port" -tls1_1 -cipher DEFAULT@SECLEVEL=0)"
        expect 'alert protocol version' "$(handshake "$port" -tls1 -cipher DEFAULT@SECLEVEL=0)"
    done
}

starttls() {
    expect 'Verify return code: 0 ' "$(handshake "$SERVER_STARTTLS_PORT" -starttls xmpp -xmpphost localhost)"
}

"$1"
