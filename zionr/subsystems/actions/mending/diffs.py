"""Differences of files as text that `git apply` takes, byte for byte, and how large they are. Pure."""

from __future__ import annotations

import base64
import difflib
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_CONTEXT = 3
_LARGEST = 4_000_000
"""Pairs of lines up to which the shortest way between two texts is looked for."""
_ESCAPES = {ord("\n"): "\\n", ord("\t"): "\\t", ord("\r"): "\\r", ord('"'): '\\"', ord("\\"): "\\\\"}
_NO_FILE = "0" * 40

Block = tuple[bool, int, int, int, int]
"""Whether these lines are the same, and where they begin and end in the first and in the second text."""


class FileChange(NamedTuple):
    """One file, before (None: it is not there) and after; `mode` is git's, such as `100644`."""

    path: str
    before: bytes | None
    after: bytes
    mode: str = "100644"


def blob_id(content: bytes) -> str:
    """The name that git gives this content in a repository of SHA-1 objects."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def changed_lines(before: bytes, after: bytes) -> int:
    """How many lines were replaced, added or taken out."""
    blocks = _blocks(_lines(before), _lines(after))
    return sum(max(end - start, to - since) for same, start, end, since, to in blocks if not same)


def as_patch(changes: Sequence[FileChange]) -> str:
    """One text for `git apply`, in the order of the paths. What is no UTF-8 text becomes a binary patch."""
    return "".join(_file(change) for change in sorted(changes))


def _file(change: FileChange) -> str:
    old, new = (_path(side, change.path) for side in "ab")
    lines = [f"diff --git {old} {new}"]
    ids = (_NO_FILE if change.before is None else blob_id(change.before), blob_id(change.after))
    if change.before is None:
        lines += [f"new file mode {change.mode}", f"index {ids[0]}..{ids[1]}"]
    else:
        lines.append(f"index {ids[0]}..{ids[1]} {change.mode}")
    before = change.before or b""
    if not (_is_text(before) and _is_text(change.after)):
        return "\n".join([*lines, "GIT binary patch", *_literal(change.after), *_literal(before), ""])
    # A tab ends a name that holds spaces, as in `git diff`.
    ends = ["\t" if " " in path and not path.startswith('"') else "" for path in (old, new)]
    lines += ["--- " + ("/dev/null" if change.before is None else old + ends[0]), f"+++ {new}{ends[1]}", ""]
    return "\n".join(lines) + b"".join(_hunks(_lines(before), _lines(change.after))).decode("utf-8")


def _path(side: str, path: str) -> str:
    """`a/x.yml`, in quotes as git writes a name with anything but plain ASCII in it."""
    name = f"{side}/{path}".encode(errors="surrogateescape")
    if all(32 <= byte < 127 and byte not in _ESCAPES for byte in name):
        return name.decode()
    escaped = (_ESCAPES.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}") for byte in name)
    return '"' + "".join(escaped) + '"'


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _literal(content: bytes) -> Iterator[str]:
    """Content in git's base 85, 52 bytes a line, each with its length as a letter before it."""
    yield f"literal {len(content)}"
    packed = zlib.compress(content)
    for start in range(0, len(packed), 52):
        part = packed[start : start + 52]
        length = chr(ord("A") + len(part) - 1) if len(part) <= 26 else chr(ord("a") + len(part) - 27)
        yield length + base64.b85encode(part, pad=True).decode()
    yield ""


def _lines(content: bytes) -> list[bytes]:
    """Lines with their ends; only a line feed ends one."""
    parts = content.split(b"\n")
    lines = [part + b"\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


def _blocks(old: list[bytes], new: list[bytes]) -> list[Block]:
    """Same and changed lines by turns. What both texts begin and end with is not searched."""
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    most -= head
    tail = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    middle = [
        (same, start + head, end + head, since + head, to + head)
        for same, start, end, since, to in _matched(old[head : len(old) - tail], new[head : len(new) - tail])
    ]
    first = [(True, 0, head, 0, head)] if head else []
    last = [(True, len(old) - tail, len(old), len(new) - tail, len(new))] if tail else []
    return [*first, *middle, *last]


def _matched(old: list[bytes], new: list[bytes]) -> list[Block]:
    if not old and not new:
        return []
    if len(old) * len(new) > _LARGEST:
        return [(False, 0, len(old), 0, len(new))]
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(tag == "equal", start, end, since, to) for tag, start, end, since, to in codes]


def _hunks(old: list[bytes], new: list[bytes]) -> Iterator[bytes]:
    for group in _grouped(_blocks(old, new)):
        start, end, since, to = group[0][1], group[-1][2], group[0][3], group[-1][4]
        yield b"@@ -%b +%b @@\n" % (_range(start, end), _range(since, to))
        for same, *span in group:
            if same:
                yield from _marked(b" ", old[span[0] : span[1]])
            else:
                yield from _marked(b"-", old[span[0] : span[1]])
                yield from _marked(b"+", new[span[2] : span[3]])


def _grouped(blocks: list[Block]) -> Iterator[list[Block]]:
    """Changed blocks with the lines around them; what is far apart becomes hunks of its own."""
    group: list[Block] = []
    for at, block in enumerate(blocks):
        same, start, end, since, to = block
        if not same:
            group.append(block)
            continue
        if group:
            group.append((True, start, min(end, start + _CONTEXT), since, min(to, since + _CONTEXT)))
            if at + 1 < len(blocks) and end - start <= 2 * _CONTEXT:
                group[-1] = block
                continue
            yield group
        group = [(True, max(start, end - _CONTEXT), end, max(since, to - _CONTEXT), to)]
    if any(not block[0] for block in group):
        yield group


def _range(start: int, end: int) -> bytes:
    return b"%d,%d" % (start + 1 if end > start else start, end - start)


def _marked(mark: bytes, lines: Sequence[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield mark + line
        if not line.endswith(b"\n"):
            yield b"\n\\ No newline at end of file\n"
