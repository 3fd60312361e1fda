"""Words by which a key says that its value is a secret, and values that are none in spite of it."""

from __future__ import annotations

import re
from functools import lru_cache

from .vocabulary import VOCABULARY, is_own_value

VALUE = r"[^\s\"'\\,;&{}\[\]()<>]"
ESCAPE = r"\\u[0-9a-fA-F]{4}"
_KEY = "|".join(rf"(?<={word})|(?<={word}[_-])" for word in ("api", "access", "private", "auth", "signing"))
KEYWORD = rf"(password|passwd|passphrase|secret|credentials?|token|(?:{_KEY})key)"
SUFFIX = r"(?:[_-][A-Za-z0-9]{1,16}){0,2}"

_KEY_END = rf"(?:{KEYWORD}{SUFFIX}|(authorization|cookie))\Z"
_REFERENCE = r"\$.{0,2}[\w.\s-]{0,100}\}{0,2}|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|\*+|x+|\.+|%\w{0,40}%?"
_NO_SECRETS = VOCABULARY | {"yes", "no", "unset", "set", "empty", "undefined", "required", "inherit"}


def secret_key(key: str) -> str:
    """The word by which a key says that its value is secret; empty where it does not."""
    match = compiled(_KEY_END, True).search(key[-64:])
    return match[0].lower() if match else ""


def is_secret_value(keyword: str, value: str) -> bool:
    """Whether a value that stands behind such a word may be the secret, and no name, state or number."""
    if value.lower() in _NO_SECRETS or is_own_value(value) or compiled(_REFERENCE, False).fullmatch(value):
        return False
    if keyword.lower().startswith(("token", "credential")):
        return len(value) >= 8 and not value.isdigit()
    return True


@lru_cache(maxsize=128)
def compiled(pattern: str, folded: bool) -> re.Pattern[str]:
    """Compiled when first met: all of them would cost more than a whole check."""
    return re.compile(pattern, re.IGNORECASE if folded else 0)
