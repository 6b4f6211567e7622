"""Checks tokens of a Better Auth server against its public keys.

The keys are fetched once and kept for an hour. A token that names an unknown
key makes us ask again, since the server may have made a new one; strangers can
send such tokens too, so only a few per minute have that effect.
"""

import asyncio
import time

import httpx
import jwt

ALGORITHMS = ["EdDSA", "ES256", "ES512", "RS256", "PS256"]


class InvalidToken(Exception):
    """The token is refused; the text says why."""


class KeysUnavailable(Exception):
    """There are no keys to check with. The token may be good."""


class Keys:
    """The key set at an address."""

    def __init__(self, url, lifetime=3600.0, refreshes=5, period=60.0, clock=time.monotonic):
        self.url = url
        self._lifetime = lifetime
        self._refreshes = refreshes
        self._period = period
        self._clock = clock
        self._keys = {}
        self._fetched = None
        self._asked = []
        self._lock = asyncio.Lock()

    async def get(self, key_id):
        if self._is_fresh() and key_id in self._keys:
            return self._keys[key_id]
        async with self._lock:
            if not self._is_fresh() or key_id not in self._keys and self._may_ask():
                await self._fetch()
        if key_id not in self._keys:
            raise InvalidToken("the token is signed with an unknown key")
        return self._keys[key_id]

    def _is_fresh(self):
        return self._fetched is not None and self._clock() - self._fetched < self._lifetime

    def _may_ask(self):
        now = self._clock()
        self._asked = [at for at in self._asked if now - at < self._period]
        if len(self._asked) >= self._refreshes:
            return False
        self._asked.append(now)
        return True

    async def _fetch(self):
        try:
            async with httpx.AsyncClient(timeout=5) as client:
                answer = await client.get(self.url)
            answer.raise_for_status()
            self._keys = dict(self._usable(answer.json()["keys"]))
            self._fetched = self._clock()
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            # While the server is unreachable, old keys are still used.
            if not self._keys:
                raise KeysUnavailable(f"{self.url}: {error}") from error

    @staticmethod
    def _usable(keys):
        for key in keys:
            try:
                yield key["kid"], (key.get("alg"), jwt.PyJWK(key).key)
            except (KeyError, jwt.exceptions.PyJWTError):
                continue  # this library does not support this kind of key


class Verifier:
    """Checks signature, issuer, audience and times."""

    def __init__(self, keys, issuer):
        self._keys = keys
        self._issuer = issuer

    async def claims(self, token):
        try:
            header = jwt.get_unverified_header(token)
        except jwt.exceptions.PyJWTError as error:
            raise InvalidToken("the token is malformed") from error
        if header.get("alg") not in ALGORITHMS:
            raise InvalidToken("the signature algorithm is not accepted")
        if not isinstance(header.get("kid"), str):
            raise InvalidToken("the token is malformed")
        algorithm, key = await self._keys.get(header["kid"])
        # The key determines its algorithm, not the token.
        if algorithm is not None and algorithm != header["alg"]:
            raise InvalidToken("the signature algorithm is not accepted")
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[header["alg"]],
                issuer=self._issuer,
                audience=self._issuer,
                options={"require": ["exp", "sub"]},
            )
        except jwt.exceptions.PyJWTError as error:
            raise InvalidToken(reason(error)) from error
        except (TypeError, ValueError) as error:
            raise InvalidToken("the signature is wrong") from error


def reason(error):
    """A fixed text for what went wrong, so that nothing of the token gets into the answer."""
    reasons = [
        (jwt.exceptions.ExpiredSignatureError, "the token has expired"),
        (jwt.exceptions.ImmatureSignatureError, "the token is not valid yet"),
        (jwt.exceptions.InvalidIssuerError, "the token is from another issuer"),
        (jwt.exceptions.InvalidAudienceError, "the token is meant for another audience"),
        (jwt.exceptions.InvalidSignatureError, "the signature is wrong"),
    ]
    for kind, text in reasons:
        if isinstance(error, kind):
            return text
    return "the token is malformed"
