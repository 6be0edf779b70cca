// The part of a browser's XMLHttpRequest that Strophe.js uses, for Node, which has fetch. Strophe.js brings a
// DOMParser along.
globalThis.XMLHttpRequest ??= class XMLHttpRequest {
    readyState = 0;
    status = 0;
    responseText = '';
    responseXML = null;
    onreadystatechange = null;
    #headers = {};
    #answered = new Headers();
    #stop = new AbortController();

    open(method, url) {
        Object.assign(this, { method, url });
        this.#become(1);
    }

    overrideMimeType() {}

    setRequestHeader(name, value) {
        this.#headers[name] = value;
    }

    send(body) {
        fetch(this.url, { method: this.method, headers: this.#headers, body, signal: this.#stop.signal })
            .then(async (response) => {
                this.responseText = await response.text();
                this.responseXML = new DOMParser().parseFromString(this.responseText, 'text/xml');
                this.status = response.status;
                this.#answered = response.headers;
            })
            .catch(() => {})
            .then(() => this.#become(4));
    }

    getResponseHeader(name) {
        return this.#answered.get(name);
    }

    getAllResponseHeaders() {
        return [...this.#answered].map(([name, value]) => `${name}: ${value}\r\n`).join('');
    }

    abort() {
        this.#stop.abort();
    }

    #become(state) {
        this.readyState = state;
        this.onreadystatechange?.();
    }
};
