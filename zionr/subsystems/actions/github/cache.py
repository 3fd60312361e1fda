"""Replies of GitHub that are asked for again with If-None-Match: an unchanged one is not counted (304).

One file for each reply in STATE/cache/github, named by a digest of the address that the token keys, so that it neither
tells the token nor serves another's. It may be deleted at any time; what is damaged or not ours is as if not there.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import stat
import zlib
from contextlib import suppress
from typing import NamedTuple

from ....ports import files

FOLDER = "github"
ENTRIES = 64
"""Files that stay, the last used ones: a look at 1,400 workflows reads some thirty replies."""
ENTRY_BYTES = 1 << 20
TOTAL_BYTES = 16 << 20
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Kept(NamedTuple):
    """A reply as it came: its tag, its Link header, and its body."""

    etag: str
    link: str
    body: bytes


class ReplyCache:
    """The kept replies of one token. Nothing here raises; where nothing can be kept, nothing is."""

    def __init__(self, state_dir: str, token: str) -> None:
        self._state = state_dir
        self._folder = os.path.join(state_dir, "cache", FOLDER)
        self._key = token.encode()

    def find(self, url: str, most: int) -> Kept | None:
        """The reply that was kept for this address, of at most `most` bytes unpacked; None where there is none."""
        path = self._place(url)
        try:
            if not (_is_ours(self._folder) and _is_ours(path)):
                return None
            kept = _unpack(files.read_bytes(path, 2 * ENTRY_BYTES, follow=False), url, most)
            if kept is not None:
                os.utime(path)
        except (OSError, ValueError, RecursionError, zlib.error):
            return None
        return kept

    def keep(self, url: str, kept: Kept) -> None:
        """Put it in the place of the last one, and drop what was not used for longest."""
        content = _pack(url, kept)
        if len(content) > ENTRY_BYTES:
            return
        with suppress(OSError):
            # The state folder itself is the store's: where there is none yet, nothing is kept.
            os.lstat(self._state)
            files.ensure_private_dir(self._folder)
            if _is_ours(self._folder):
                files.write_atomic(self._place(url), content)
                self._sweep()

    def _place(self, url: str) -> str:
        return os.path.join(self._folder, hmac.new(self._key, url.encode(), hashlib.sha256).hexdigest()[:40])

    def _sweep(self) -> None:
        found = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                facts = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(facts.st_mode):
                    found.append((facts.st_mtime, facts.st_size, entry.path))
        total = 0
        for position, (_, size, path) in enumerate(sorted(found, reverse=True)):
            total += size
            if position >= ENTRIES or total > TOTAL_BYTES:
                os.unlink(path)


def _is_ours(path: str) -> bool:
    """Whether it is a real file or folder of this user that nobody else may read or write."""
    facts = os.lstat(path)
    real = stat.S_ISDIR(facts.st_mode) or stat.S_ISREG(facts.st_mode)
    return real and facts.st_uid == os.geteuid() and not facts.st_mode & _OTHERS


def _pack(url: str, kept: Kept) -> bytes:
    head = json.dumps({"url": url, "etag": kept.etag, "link": kept.link}).encode()
    content = head + b"\n" + zlib.compress(kept.body, 1)
    return b"%08x\n%b" % (zlib.crc32(content), content)


def _unpack(content: bytes, url: str, most: int) -> Kept | None:
    checksum, _, rest = content.partition(b"\n")
    if checksum != b"%08x" % zlib.crc32(rest):
        return None
    line, _, packed = rest.partition(b"\n")
    head = json.loads(line)
    unpacker = zlib.decompressobj()
    body = unpacker.decompress(packed, most)
    if head["url"] != url or not unpacker.eof:
        return None
    return Kept(str(head["etag"]), str(head["link"]), body)
