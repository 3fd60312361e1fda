from __future__ import annotations

import os
from pathlib import Path

import pytest

from zionr.errors import UsageError
from zionr.subsystems.actions.checkout.places import place

WORKFLOWS = ".github/workflows"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / WORKFLOWS).mkdir(parents=True)
    (tmp_path / WORKFLOWS / "ci.yml").touch()
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.yml").touch()
    return tmp_path


@pytest.mark.parametrize("has_git", [True, False])
@pytest.mark.parametrize(
    ("path", "folder", "only"),
    [
        ("", WORKFLOWS, None),
        (".github", WORKFLOWS, None),
        (WORKFLOWS, WORKFLOWS, None),
        (f"{WORKFLOWS}/ci.yml", WORKFLOWS, f"{WORKFLOWS}/ci.yml"),
    ],
)
def test_a_checkout_or_a_part_of_it(top: Path, path: str, folder: str, only: str | None, has_git: bool) -> None:
    if has_git:
        (top / ".git").mkdir()
    assert place(str(top / path)) == (str(top), folder, only)


def test_a_folder_elsewhere_in_a_checkout(top: Path) -> None:
    (top / ".git").write_text("gitdir: elsewhere")
    assert place(str(top / "more")) == (str(top), "more", None)
    assert place(str(top / "more/a.yml")) == (str(top), "more", "more/a.yml")


def test_a_folder_outside_of_any_checkout(top: Path) -> None:
    assert place(str(top / "more")) == (str(top / "more"), ".", None)
    assert place(str(top / "more/a.yml")) == (str(top / "more"), ".", "a.yml")


def test_a_checkout_without_workflows(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert place(str(tmp_path)) == (str(tmp_path), WORKFLOWS, None)


def test_a_checkout_within_another(top: Path) -> None:
    (top / ".git").mkdir()
    (top / "inner" / WORKFLOWS).mkdir(parents=True)
    assert place(str(top / "inner")) == (str(top / "inner"), WORKFLOWS, None)


def test_a_link_is_what_it_leads_to(top: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    link = tmp_path_factory.mktemp("links") / "link"
    link.symlink_to(top / WORKFLOWS)
    assert place(str(link)) == (str(top), WORKFLOWS, None)


def test_a_path_from_here(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(top)
    assert place(".") == (str(top), WORKFLOWS, None)


def test_nothing_there(top: Path) -> None:
    with pytest.raises(UsageError, match=r"gone: is not there"):
        place(str(top / "gone"))


def test_something_that_cannot_be_read_as_a_file(top: Path) -> None:
    os.mkfifo(top / "pipe")
    with pytest.raises(UsageError, match=r"pipe: is neither a file nor a folder"):
        place(str(top / "pipe"))
