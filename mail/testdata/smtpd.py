"""A mail server for tests: smtpd.py MODE PORT CERT KEY; MODE is none, starttls or tls.

Prints "ready PORT", then a JSON line for every message it takes. The user is
"user" with the password "pass". Addresses at refused.example are refused for
good, those at later.example for now.
"""
import email, email.policy, json, ssl, sys, time
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

mode, port, cert, key = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.endswith("@refused.example"):
            return "550 no such user"
        if address.endswith("@later.example"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        print(json.dumps({
            "from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None or mode == "tls",
            "authenticated": bool(session.authenticated),
            "headers": {k.lower(): str(v) for k, v in message.items()},
            "parts": {p.get_content_type(): p.get_content() for p in message.walk() if not p.is_multipart()},
        }), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    ok = getattr(data, "login", b"") == b"user" and getattr(data, "password", b"") == b"pass"
    return AuthResult(success=ok)


options = {"authenticator": authenticate, "auth_required": mode != "none", "auth_require_tls": mode == "starttls"}
if mode != "none":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    if mode == "tls":
        options["ssl_context"] = context
    else:
        options.update(tls_context=context, require_starttls=True)
controller = Controller(Handler(), hostname="127.0.0.1", port=port, **options)
controller.start()
print("ready", controller.port or port, flush=True)
while True:
    time.sleep(3600)
