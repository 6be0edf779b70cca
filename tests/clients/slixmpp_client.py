"""slixmpp: slixmpp_client.py starttls|tls MECHANISM [tls1.2]

Two users sign in with the mechanism, see each other and talk. slixmpp 1.8 knows no channel binding but tls-unique,
which exists up to TLS 1.2 only: its -PLUS runs ask for that version.
"""

import asyncio
import os
import ssl
import sys

import slixmpp

DOMAIN = os.environ["SERVER_DOMAIN"]
PORTS = {"starttls": "SERVER_STARTTLS_PORT", "tls": "SERVER_TLS_PORT"}
WAIT = 15


class User(slixmpp.ClientXMPP):
    def __init__(self, name, mechanism, old_tls):
        super().__init__(f"{name}@{DOMAIN}/slixmpp", os.environ[f"{name.upper()}_PASSWORD"], sasl_mech=mechanism)
        self.ca_certs = os.environ["SERVER_CERTIFICATE"]
        if old_tls:
            self.ssl_context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.auto_authorize = True
        self.auto_subscribe = True
        self.register_plugin("xep_0030")
        self.register_plugin("xep_0199")
        self.seen = asyncio.Queue()
        self.said = asyncio.Queue()
        self.failed = None
        self.add_event_handler("presence_available", self.seen.put_nowait)
        self.add_event_handler("message", self.said.put_nowait)
        self.add_event_handler("failed_auth", self.note_failure)
        self.add_event_handler("connection_failed", self.note_failure)

    def note_failure(self, what):
        self.failed = what

    async def sign_in(self, transport):
        self.connect(
            ("127.0.0.1", int(os.environ[PORTS[transport]])),
            use_ssl=transport == "tls",
            force_starttls=transport == "starttls",
            disable_starttls=transport == "tls",
        )
        try:
            await self.wait_until("session_start", timeout=WAIT)
        except asyncio.TimeoutError:
            raise SystemExit(f"{self.boundjid}: no session; {self.failed}") from None
        await self.get_roster()
        self.send_presence()

    async def sees(self, jid):
        while True:
            presence = await asyncio.wait_for(self.seen.get(), WAIT)
            if presence["from"].bare == jid:
                return

    async def hears(self, sender, body):
        message = await asyncio.wait_for(self.said.get(), WAIT)
        assert message["from"].bare == sender and message["body"] == body, str(message)


async def main(transport, mechanism, old_tls):
    juliet = User("juliet", mechanism, old_tls)
    romeo = User("romeo", mechanism, old_tls)
    await juliet.sign_in(transport)
    await romeo.sign_in(transport)

    version = juliet.transport.get_extra_info("ssl_object").version()
    assert version == ("TLSv1.2" if old_tls else "TLSv1.3"), version
    used = juliet["feature_mechanisms"].mech.name
    assert used == mechanism, f"signed in by {used}"

    juliet.send_presence_subscription(pto=f"romeo@{DOMAIN}")
    await juliet.sees(f"romeo@{DOMAIN}")
    await romeo.sees(f"juliet@{DOMAIN}")
    assert juliet.client_roster[f"romeo@{DOMAIN}"]["to"]

    juliet.send_message(mto=f"romeo@{DOMAIN}", mbody="Wherefore art thou? <&> ☾", mtype="chat")
    await romeo.hears(f"juliet@{DOMAIN}", "Wherefore art thou? <&> ☾")
    romeo.send_message(mto=f"juliet@{DOMAIN}", mbody="Call me but love", mtype="chat")
    await juliet.hears(f"romeo@{DOMAIN}", "Call me but love")

    await juliet["xep_0199"].ping(DOMAIN, timeout=WAIT)
    info = await juliet["xep_0030"].get_info(DOMAIN, timeout=WAIT)
    assert any(kind == "server" for kind, *_ in info["disco_info"]["identities"]), str(info)

    await romeo.disconnect()
    await juliet.disconnect()


if __name__ == "__main__":
    asyncio.get_event_loop().run_until_complete(main(sys.argv[1], sys.argv[2], "tls1.2" in sys.argv[3:]))
