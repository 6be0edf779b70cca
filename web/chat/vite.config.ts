import { defineConfig, type Plugin } from 'vite';

// The server sends the same policy as a header, with frame-ancestors, which a meta element cannot carry. The element
// keeps the page safe when its files are served by something else. Only in the build: the development server of Vite
// itself injects style elements.
const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
].join('; ');

const contentSecurityPolicy: Plugin = {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
        {
            tag: 'meta',
            attrs: { 'http-equiv': 'Content-Security-Policy', content: policy },
            injectTo: 'head-prepend',
        },
    ],
};

export default defineConfig({
    base: './',
    plugins: [contentSecurityPolicy],
    build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
    // `npm run dev` beside a running `meerkat serve --demo`.
    server: {
        proxy: {
            '/ws-xmpp': { target: 'ws://localhost:5280', ws: true },
            '/.well-known': 'http://localhost:5280',
        },
    },
});
