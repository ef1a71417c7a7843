"""A small OpenID provider on this machine: it lets one person in, without asking for a password."""

import json
import threading
import time
from base64 import b64decode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "solvencia", "secret-of-the-app"
PERSON: dict[str, Any] = {
    "sub": "ana",
    "name": "Ana Ruiz",
    "email": "ana@banco.example",
    "email_verified": True,
}


class IdentityProvider:
    """Discovery, authorisation by code, an RS256 token, and the end of a session."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.nonces: dict[str, str] = {}
        self.signed_out = 0
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.get(self)

            def do_POST(self) -> None:
                provider.token(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def get(self, request: BaseHTTPRequestHandler) -> None:
        place, asked = urlsplit(request.path), {}
        asked = {name: values[0] for name, values in parse_qs(place.query).items()}
        if place.path == "/.well-known/openid-configuration":
            _answer(request, self._discovery())
        elif place.path == "/jwks":
            _answer(request, {"keys": [self.key.as_dict(private=False)]})
        elif place.path == "/authorize":
            assert asked["client_id"] == CLIENT_ID
            code = f"code-{len(self.nonces)}"
            self.nonces[code] = asked.get("nonce", "")
            _redirect(request, asked["redirect_uri"], {"code": code, "state": asked["state"]})
        elif place.path == "/logout":
            self.signed_out += 1
            _redirect(request, asked["post_logout_redirect_uri"], {})
        else:
            request.send_error(404)

    def token(self, request: BaseHTTPRequestHandler) -> None:
        length = int(request.headers["Content-Length"])
        sent = {
            name: values[0]
            for name, values in parse_qs(request.rfile.read(length).decode()).items()
        }
        if not _is_the_app(request, sent):
            request.send_error(401)
            return
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT_ID, "iat": now, "exp": now + 300, **PERSON}
        claims["nonce"] = self.nonces.pop(sent["code"])
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        _answer(request, {"access_token": "a", "token_type": "Bearer", "id_token": token})

    def _discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks",
            "end_session_endpoint": f"{self.address}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }


def _is_the_app(request: BaseHTTPRequestHandler, sent: dict[str, str]) -> bool:
    kind, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if kind == "Basic":
        name, _, secret = b64decode(encoded).decode().partition(":")
        return (unquote(name), unquote(secret)) == (CLIENT_ID, CLIENT_SECRET)
    return (sent.get("client_id"), sent.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)


def _answer(request: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
    raw = json.dumps(body).encode()
    request.send_response(200)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(raw)))
    request.end_headers()
    request.wfile.write(raw)


def _redirect(request: BaseHTTPRequestHandler, address: str, values: dict[str, str]) -> None:
    request.send_response(302)
    request.send_header("Location", f"{address}?{urlencode(values)}" if values else address)
    request.send_header("Content-Length", "0")
    request.end_headers()
