#!/bin/bash
# curl against the HTTP listeners: http.sh discovery | health | static | errors | https
set -euo pipefail

http=http://localhost:$SERVER_HTTP_PORT
https=https://localhost:$SERVER_HTTPS_PORT
headers=$(mktemp) body=$(mktemp)
trap 'rm -f "$headers" "$body"' EXIT

# get CODE URL [curl arguments]: fails unless the answer has that status.
get() {
    local expected=$1 url=$2 code
    shift 2
    code=$(curl --silent --show-error --max-time 10 --dump-header "$headers" --output "$body" --write-out '%{http_code}' \
        --cacert "$SERVER_CERTIFICATE" "$@" "$url")
    [ "$code" = "$expected" ] || complain "$url answered $code, not $expected"
}

has_header() { grep --quiet --ignore-case --extended-regexp "^$1: *$2"$'\r?$' "$headers" || complain "no header $1: $2"; }
has_body() { grep --quiet --fixed-strings -- "$1" "$body" || complain "the body does not hold $1"; }
complain() {
    echo "$1" >&2
    cat "$headers" "$body" >&2
    exit 1
}

discovery() {
    get 200 "$http/.well-known/host-meta"
    has_header content-type 'application/xrd\+xml.*'
    has_header access-control-allow-origin '\*'
    has_body urn:xmpp:alt-connections:websocket
    has_body /ws-xmpp
    has_body urn:xmpp:alt-connections:xbosh
    has_body /http-bind
    get 200 "$http/.well-known/host-meta.json" --header 'Origin: https://elsewhere.example'
    has_header content-type 'application/json.*'
    has_header access-control-allow-origin '\*'
    node -e '
        const { links } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
        const link = links.find(({ rel }) => rel === "urn:xmpp:alt-connections:websocket");
        if (!/^wss?:\/\/.*\/ws-xmpp$/.test(link.href)) throw new Error(JSON.stringify(links));' "$body"
}

health() {
    get 200 "$http/healthz"
    get 200 "$http/readyz"
}

static() {
    get 200 "$http/chat/"
    has_header content-type 'text/html.*'
    has_header content-security-policy ".*default-src 'none'.*"
    has_header x-content-type-options nosniff
    has_body '<title>Meerkat chat</title>'
    local tag script
    tag=$(sed -n 's/^etag: *\(.*\)\r$/\1/Ip' "$headers")
    script=$(grep --only-matching 'assets/[^"]*\.js' "$body" | head -1)
    get 304 "$http/chat/" --header "If-None-Match: $tag"
    get 200 "$http/chat/$script"
    has_header content-type 'text/javascript.*'
    get 200 "$http/chat/" --head
}

errors() {
    get 404 "$http/nowhere"
    get 404 "$http/chat/../../etc/passwd" --path-as-is
    get 404 "$http/chat/%2e%2e/%2e%2e/etc/passwd" --path-as-is
    get 426 "$http/ws-xmpp"
    has_header upgrade websocket
    get 400 "$http/healthz" --header 'Host:'
}

https() {
    get 200 "$https/healthz"
    get 200 "$https/chat/"
    get 200 "$https/.well-known/host-meta.json"
    has_body wss://
}

"$1"
