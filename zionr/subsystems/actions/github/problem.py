"""Why GitHub's API could not be asked or did not do it: a kind, the reason and the remedy in words (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ....errors import ZionrError

LONGEST = 200
"""Characters of a text of the server that are told."""
_NO_RIGHT = re.compile(
    r"not accessible|must have|refusing to allow|permission|forbidden|saml|sso|not authorized|bad credentials", re.I
)


class ApiError(ZionrError):
    """`kind` is no-token, no-right, not-found, limited, refused, unreadable or unreachable.

    `status` is the HTTP status where there was one; `sent` whether GitHub may have done what was asked; `message` is
    what GitHub itself said, cut and without secrets. `str()` of it is the reason.
    """

    def __init__(
        self,
        kind: str,
        reason: str,
        remedy: str,
        *,
        status: int | None = None,
        sent: bool = False,
        message: str = "",
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.remedy = remedy
        self.status = status
        self.sent = sent
        self.message = message

    @property
    def advice(self) -> str:
        """The reason, and what to do about it."""
        return f"{self.reason}; {self.remedy}"


def no_token(why: str = "there is no token in GITHUB_TOKEN") -> ApiError:
    """Nothing was sent: GitHub would answer a nameless client sixty times an hour."""
    return ApiError("no-token", why, "set GITHUB_TOKEN; in a workflow: env: GITHUB_TOKEN: ${{ github.token }}")


def refusal(status: int, headers: Mapping[str, str], message: str, *, changing: bool) -> ApiError:
    """What a whole reply that is neither a success, a redirect nor a limit means."""
    said = f": {message}" if message else ""
    if status == 401:
        return ApiError(
            "no-right", f"GitHub does not know the token{said}", "renew GITHUB_TOKEN", status=401, message=message
        )
    if status == 403 and (not changing or _NO_RIGHT.search(message)):
        return ApiError("no-right", f"the token may not do this{said}", _rights(headers), status=403, message=message)
    if status in (404, 410):
        return _absent(status, headers, message)
    if status >= 500:
        return ApiError(
            "unreachable",
            f"GitHub answered {status}{said}",
            "try again later; githubstatus.com tells whether it is down",
            status=status,
            sent=True,
            message=message,
        )
    return ApiError(
        "refused", f"GitHub refused with {status}{said}", "read what GitHub says", status=status, message=message
    )


def _absent(status: int, headers: Mapping[str, str], message: str) -> ApiError:
    return ApiError(
        "not-found",
        "GitHub knows no such thing, or hides it: a private repository is not found without the right to read it",
        f"check the name of the repository; {_rights(headers)}",
        status=status,
        message=message,
    )


def _rights(headers: Mapping[str, str]) -> str:
    """The header is GitHub's own word for what was needed."""
    needed = printable(headers.get("x-accepted-github-permissions", ""))
    if needed:
        return f"give the token what this needs: {needed}"
    return "give the token the right: actions: read and contents: read to look, actions: write to repair"


def printable(text: str) -> str:
    """A text of the server on one line, cut to what fits into a report."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text[: 4 * LONGEST]).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
