from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from zionr.subsystems.actions.github import cache as api_cache
from zionr.subsystems.actions.github.cache import Kept, ReplyCache

URL = "https://api.github.com/repos/octo-org/site"
KEPT = Kept('W/"abc"', '<https://a>; rel="next"', b'{"a": "\xc3\xbc"}' * 50)
MOST = 1 << 20


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / ".zionr"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def cache(state: Path) -> ReplyCache:
    return ReplyCache(str(state), "a-token")


def _only(state: Path) -> Path:
    (found,) = (state / "cache" / "github").iterdir()
    return found


def test_what_is_kept_is_found(cache: ReplyCache, state: Path) -> None:
    assert cache.find(URL, MOST) is None
    cache.keep(URL, KEPT)
    assert cache.find(URL, MOST) == KEPT
    assert cache.find(URL + "?page=2", MOST) is None
    assert ReplyCache(str(state), "another").find(URL, MOST) is None
    newer = KEPT._replace(etag='"def"')
    cache.keep(URL, newer)
    assert cache.find(URL, MOST) == newer


def test_it_is_private_and_knows_no_token(cache: ReplyCache, state: Path) -> None:
    cache.keep(URL, KEPT)
    kept = _only(state)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    assert b"a-token" not in kept.read_bytes()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _link(path: Path) -> None:
    path.rename(path.with_suffix(".old"))
    path.symlink_to(path.with_suffix(".old"))


def _open_to_all(path: Path) -> None:
    path.chmod(0o644)


def _open_folder(path: Path) -> None:
    path.parent.chmod(0o777)


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


@pytest.mark.parametrize("harm", [_cut, _flip, _empty, _link, _open_to_all, _open_folder, _fifo])
def test_what_is_damaged_or_not_ours_is_as_if_not_there(
    cache: ReplyCache, state: Path, harm: Callable[[Path], None]
) -> None:
    cache.keep(URL, KEPT)
    harm(_only(state))
    assert cache.find(URL, MOST) is None


def test_the_entry_of_another_address_is_not_taken(cache: ReplyCache, state: Path) -> None:
    cache.keep(URL, KEPT)
    first = _only(state)
    cache.keep(URL + "/x", KEPT)
    (second,) = set(first.parent.iterdir()) - {first}
    second.write_bytes(first.read_bytes())
    assert cache.find(URL + "/x", MOST) is None


def test_a_bomb_is_not_unpacked(cache: ReplyCache) -> None:
    cache.keep(URL, KEPT._replace(body=b"x" * 10_000_000))
    assert cache.find(URL, MOST) is None


def test_nothing_is_kept_where_there_is_no_state(tmp_path: Path) -> None:
    cache = ReplyCache(str(tmp_path / "nowhere"), "a-token")
    cache.keep(URL, KEPT)
    assert cache.find(URL, MOST) is None
    assert list(tmp_path.iterdir()) == []


def test_a_link_in_place_of_the_folder_is_not_followed(cache: ReplyCache, state: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (state / "cache").mkdir(mode=0o700)
    (state / "cache" / "github").symlink_to(tmp_path / "elsewhere")
    cache.keep(URL, KEPT)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_it_is_bounded_in_entries(cache: ReplyCache, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_cache, "ENTRIES", 3)
    for number in range(5):
        cache.keep(f"{URL}/{number}", KEPT)
        os.utime(_newest(state), (number, number))
    assert [cache.find(f"{URL}/{number}", MOST) is not None for number in range(5)] == [False, False, True, True, True]


def test_what_was_used_last_stays(cache: ReplyCache, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_cache, "ENTRIES", 2)
    for number in range(2):
        cache.keep(f"{URL}/{number}", KEPT)
        os.utime(_newest(state), (number, number))
    assert cache.find(f"{URL}/0", MOST) == KEPT
    cache.keep(f"{URL}/2", KEPT)
    assert [cache.find(f"{URL}/{number}", MOST) is not None for number in range(3)] == [True, False, True]


def test_it_is_bounded_in_bytes(cache: ReplyCache, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = os.urandom(3000)
    monkeypatch.setattr(api_cache, "TOTAL_BYTES", 7000)
    for number in range(4):
        cache.keep(f"{URL}/{number}", KEPT._replace(body=noise))
    assert len(list((state / "cache" / "github").iterdir())) == 2
    monkeypatch.setattr(api_cache, "ENTRY_BYTES", 2000)
    cache.keep(f"{URL}/9", KEPT._replace(body=noise))
    assert cache.find(f"{URL}/9", MOST) is None


def _newest(state: Path) -> Path:
    return max((state / "cache" / "github").iterdir(), key=lambda path: path.stat().st_ctime_ns)
