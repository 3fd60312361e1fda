"""From bytes to a text that is safe to parse, or one clear reason why not."""

from __future__ import annotations

import re

from .values import Limits, Problem, YamlProblems

# YAML 1.2.2, section 5.1, less the byte order mark: it hides in front of the first key, where nobody sees it.
_JUNK = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def decode(source: str | bytes, limits: Limits, *, bom: bool = False) -> str:
    """The text of `source`; YamlProblems where it is too large, not UTF-8 or not text at all.

    With `bom` a byte order mark at the beginning is left out, not refused.
    """
    if len(source) > limits.size:
        raise _refusal(1, 1, f"larger than {limits.size // 1024} KB", "size")
    text = source if isinstance(source, str) else _from_utf8(source)
    if bom:
        text = text.removeprefix("\ufeff")
    junk = _JUNK.search(text)
    if junk is None:
        return text
    line, column = _place(text, junk.start())
    if junk.group() == "\ufeff":
        raise _refusal(line, column, "a byte order mark (BOM); save the file as UTF-8 without it", "encoding")
    raise _refusal(line, column, _name(junk.group()), "binary")


def _from_utf8(source: bytes) -> str:
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refusal(1, 1, "UTF-16; save the file as UTF-8", "encoding")
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _place(source[: error.start].decode("utf-8"), error.start)
        reason = f"byte 0x{source[error.start]:02x} is not UTF-8"
        raise _refusal(line, column, reason, "encoding") from None


def _name(junk: str) -> str:
    if junk == "\0":
        return "a NUL byte: this is not a text file"
    return f"control character U+{ord(junk):04X}: this is not a text file"


def _place(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _refusal(line: int, column: int, reason: str, kind: str) -> YamlProblems:
    return YamlProblems([Problem(line, column, (), reason, kind)])
