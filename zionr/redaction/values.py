"""Secrets by value: which variables hold one, and in what forms it may turn up again."""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from json import dumps

from .vocabulary import is_own_word

LEAST = 8
"""Shorter secrets are not replaced by value: they would be found in innocent text."""

_LEAST_LINE = 16
_ANYWHERE = ("TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "APIKEY", "WEBHOOK")
_WORDS = frozenset(("AUTH", "BEARER", "COOKIE", "COOKIES", "DSN", "HOOK", "JWT", "PASS", "PRIVATE", "SESSION"))
_URLS = ("DATABASE_URL", "ALERT_URL", "WEBHOOK", "HOOK_URL", "DSN")
_NOT_SECRET_ENDS = (
    "FILE",
    "PATH",
    "DIR",
    "SOCK",
    "SOCKET",
    "TYPE",
    "TTL",
    "TIMEOUT",
    "URL",
    "URI",
    "ENDPOINT",
    "HOST",
)
_DESKTOP = ("XDG_", "DBUS_", "DESKTOP_", "TERM_", "ITERM_", "ZELLIJ_", "TMUX_", "GNOME_", "KDE_", "SSH_", "SESSION_M")
"""Where SESSION means one at a terminal or a desktop."""

_URL = r"[A-Za-z][A-Za-z0-9+.-]{0,31}://([^/?#\s]*)([^\s]*)"
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~")


def secrets_of(environ: Mapping[str, str]) -> list[str]:
    """The values of variables whose names say secret, and the passwords of all URLs among the values."""
    found: list[str] = []
    for name, value in environ.items():
        secret = says_secret(name)
        if secret:
            found.append(value)
        if "://" in value:
            found += _within_url(value, secret)
    return found


def says_secret(name: str) -> bool:
    """Whether a variable of this name holds a secret, and not just the place, kind or age of one."""
    name = name.upper()
    if any(part in name for part in _URLS) and not name.endswith(("_FILE", "_PATH")):
        return True
    words = name.split("_")
    if words[-1] in _NOT_SECRET_ENDS:
        return False
    telling = _WORDS - {"SESSION"} if name.startswith(_DESKTOP) else _WORDS
    if any(part in name for part in _ANYWHERE) or not telling.isdisjoint(words):
        return True
    is_key = "_KEY" in name and "KEY" in words and not {"PUBLIC", "PUBLISHABLE"} & set(words)
    return is_key or name.endswith("_PWD")


def _within_url(value: str, secret: bool) -> Iterator[str]:
    for match in re.finditer(_URL, value):
        authority, rest = match.groups()
        user, _, _ = authority.rpartition("@")
        password = user.partition(":")[2]
        yield password
        if "%" in password:
            from urllib.parse import unquote

            yield unquote(password)
        # Client libraries name only the path of a hook in their errors.
        if secret and len(rest) >= _LEAST_LINE:
            yield rest


def forms_of(secrets: Iterable[str]) -> tuple[str, ...]:
    """Every text that stands for one of the secrets: as it is, base64, URL-escaped, JSON-escaped."""
    forms: set[str] = set()
    for secret in _worth_hiding(secrets):
        forms.add(secret)
        forms.update(_json_forms(secret))
        with suppress(UnicodeEncodeError):
            octets = secret.encode("utf-8", "surrogateescape")
            forms.update(_base64_forms(octets))
            forms.update(_url_forms(octets))
    return tuple(sorted(forms))


def _worth_hiding(secrets: Iterable[str]) -> Iterator[str]:
    for secret in secrets:
        stripped = secret.strip()
        if len(stripped) >= LEAST and not is_own_word(stripped):
            yield stripped
        lines = stripped.splitlines()
        if len(lines) > 1:
            yield from (line.strip() for line in lines if _is_secret_line(line.strip()))


def _is_secret_line(line: str) -> bool:
    return len(line) >= _LEAST_LINE and not line.startswith("-----") and not is_own_word(line)


def _json_forms(secret: str) -> set[str]:
    """Within JSON, JSON within JSON, and once more: an answer, quoted in a report, quoted in a log."""
    forms = {secret}
    for _ in range(3):
        forms |= {dumps(form, ensure_ascii=ascii_only)[1:-1] for form in forms for ascii_only in (True, False)}
    return forms


def _base64_forms(octets: bytes) -> Iterator[str]:
    """Alone with its padding, and at each offset the part that no neighbour changes."""
    whole = b2a_base64(octets, newline=False).decode()
    inner = [
        b2a_base64(bytes(offset) + octets, newline=False).decode()[skip : (offset + len(octets)) * 8 // 6]
        for offset, skip in ((0, 0), (1, 2), (2, 3))
    ]
    for form in (whole, *inner):
        yield form
        yield form.replace("+", "-").replace("/", "_")


def _url_forms(octets: bytes) -> Iterator[str]:
    """As `quote` with and without `/`, `quote_plus` and encodeURIComponent write it, in both cases of hex."""
    for safe, space in (("", "%20"), ("/", "%20"), ("", "+"), ("!'()*", "%20")):
        for digits in ("02X", "02x"):
            yield "".join(_escape(octet, safe, space, digits) for octet in octets)


def _escape(octet: int, safe: str, space: str, digits: str) -> str:
    character = chr(octet)
    if character == " ":
        return space
    return character if character in _UNRESERVED or character in safe else f"%{octet:{digits}}"
