"""A catalogue of prices at an address somebody typed: the one thing this app asks a network for."""

from __future__ import annotations

import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any, Protocol

from isocost import __version__
from isocost.files.errors import FileError
from isocost.files.imports.prices import PriceList, PriceReader
from isocost.files.imports.source import Given, NotUnderstoodError, SourceFile
from isocost.language import tr
from isocost.quantities import format_bytes, plain_spaces

LARGEST = 32_000_000
"""Bytes of an answer; SkyPilot's largest file has about 3 million."""
SILENCE_SECONDS = 10.0
"""Without a byte before a server is given up."""
MOST_SECONDS = 60.0
"""From the first word to the last byte."""
MOST_REDIRECTS = 5
LONGEST_ADDRESS = 2000
_CHUNK = 65_536


class FetchError(ValueError):
    """What keeps an address from being fetched; the message is a sentence that names it."""


class Opener(Protocol):
    """Opens addresses; :mod:`urllib.request`'s, or a test's."""

    def open(self, request: urllib.request.Request, /, *, timeout: float) -> Any:
        """An answer with ``read1``, ``geturl`` and ``headers``."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back."""

    address: str
    """Where from, after all redirections."""
    size: int
    """Bytes."""
    prices: PriceList

    def said(self) -> str:
        """What was fetched, and from where."""
        return f"Fetched {plain_spaces(format_bytes(self.size))} from {self.address}."


def is_address(text: str) -> bool:
    """Whether a text is meant as an address rather than as a file."""
    return "://" in text[:20]


def checked_address(text: str) -> str:
    """An address that may be fetched. Raises FetchError: not https, no host, a password in it."""
    address = text.strip()
    shown = address[:100]
    if len(address) > LONGEST_ADDRESS or any(ord(letter) <= 32 or ord(letter) == 127 for letter in address):
        raise FetchError(tr("{shown!r} is no address.", shown=shown))
    try:
        parts = urllib.parse.urlsplit(address)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise FetchError(tr("{shown!r} is no address.", shown=shown)) from None
    if parts.scheme.lower() != "https":
        raise FetchError(f"{shown}: only addresses that begin with https:// are fetched.")
    if not host:
        raise FetchError(tr("{shown}: no server is named.", shown=shown))
    if parts.username is not None or parts.password is not None:
        raise FetchError(tr("An address with a name or password in it is not fetched."))
    return address


def fetch_prices(
    text: str, opener: Opener | None = None, clock: Callable[[], float] = time.monotonic
) -> Fetched:
    """The prices at an address.

    Nothing but the address is sent: no cookie, no login; redirections are followed to https alone.

    Raises:
        FetchError: the address may not be fetched, or the server does not answer in time or in bounds.
        FileError: what came back is no catalogue of prices.
    """
    address = checked_address(text)
    asked = urllib.request.Request(
        urllib.parse.quote(address, safe="%/:=&?~#+!$,;'@()*[]"),
        headers={"User-Agent": f"isocost/{__version__}", "Accept": "text/csv, application/json, text/plain"},
    )
    begun = clock()
    try:
        with (opener or _opener()).open(asked, timeout=SILENCE_SECONDS) as answer:
            final = checked_address(str(answer.geturl()))
            data = _bounded(answer, address, begun, clock)
    except FetchError:
        raise
    except urllib.error.HTTPError as error:
        raise FetchError(
            tr(
                "{address}: the server answers {code} ({reason}).",
                address=address,
                code=error.code,
                reason=error.reason,
            )
        ) from None
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise FetchError(
            tr("{address}: cannot be fetched: {reason}.", address=address, reason=_reason(reason))
        ) from None
    return Fetched(final, len(data), _prices(final, data))


def _bounded(answer: Any, address: str, begun: float, clock: Callable[[], float]) -> bytes:
    """The bytes of an answer. Raises FetchError: too many of them, or too slowly."""
    parts: list[bytes] = []
    size = 0
    while part := answer.read1(_CHUNK):
        size += len(part)
        if size > LARGEST:
            limit = plain_spaces(format_bytes(LARGEST))
            raise FetchError(
                tr("{address}: the answer is larger than {limit}, and is left.", address=address, limit=limit)
            )
        if clock() - begun > MOST_SECONDS:
            raise FetchError(
                tr(
                    "{address}: the answer takes longer than {most_seconds:.0f} s, and is left.",
                    address=address,
                    most_seconds=MOST_SECONDS,
                )
            )
        parts.append(part)
    return b"".join(parts)


def _prices(address: str, data: bytes) -> PriceList:
    folders = [part for part in urllib.parse.urlsplit(address).path.split("/") if part]
    name = urllib.parse.unquote(folders[-1]) if folders else "prices"
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileError(Path(name), tr("what came back is no text.")) from None
    file = SourceFile(name, text, folders[-2] if len(folders) > 1 else "")
    reader = PriceReader()
    if not reader.knows(file):
        raise FileError(Path(name), tr("what came back is no catalogue of prices; nothing else is fetched."))
    try:
        return reader.read(file, Given()).named(address)
    except NotUnderstoodError as problem:
        raise FileError(Path(name), str(problem)) from None


class _Redirects(urllib.request.HTTPRedirectHandler):
    """To https alone, and not for ever."""

    max_redirections = MOST_REDIRECTS

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        checked_address(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> urllib.request.OpenerDirector:
    """An opener that knows https and the system's proxies, and no other way to anything."""
    made = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Redirects(),
    ):
        made.add_handler(handler)
    return made


def _reason(reason: object) -> str:
    if isinstance(reason, TimeoutError):
        return "the server does not answer"
    said = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    return f"{said[:1].lower()}{said[1:200]}".rstrip(".")
