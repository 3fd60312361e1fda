"""Takes secrets out of every text that leaves zionr: by value those it was given, by shape all others.

Pure: the environment is handed in, and no file is read. A text that is JSON stays JSON: there only whole
decoded strings are touched, never a number, a quote or an escape.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self

from .search import candidates, spans_at
from .spans import MARK, Span, merged, render

__all__ = ["MARK", "RedactedStream", "Redactor"]

_HOLD = 1024
_PENDING_LIMIT = 1 << 18


class Redactor:
    """`redactor(text)` is the text with `[redacted]` in the place of every secret."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """`secrets` are replaced by value, also encoded; those under 8 characters and zionr's words stay."""
        self._secrets = tuple(secrets)
        self._known_forms: tuple[str, ...] | None = None if self._secrets else ()

    @classmethod
    def from_environ(cls, environ: Mapping[str, str], secrets: Iterable[str] = ()) -> Self:
        """Knows the values of variables whose names say secret, passwords in any URL value, and `secrets`."""
        from .values import secrets_of

        return cls([*secrets_of(environ), *secrets])

    def __call__(self, text: str) -> str:
        """The text without its secrets; JSON in, JSON out. Linear in the length of the text."""
        hits = self._hits(text)
        found = candidates(text)
        if not hits and not found:
            return text
        if text[:1] in ("{", "["):
            from .documents import is_json, redact_json

            if is_json(text):
                starts = [hit.start for hit in hits] + [candidate.position for candidate in found]
                return redact_json(text, sorted(starts), self.spans)
        return render(text, merged([*hits, *spans_at(text, found)]))

    def stream(self) -> RedactedStream:
        """For text in chunks, such as a child's output: a secret split over two is still caught."""
        return RedactedStream(self)

    def spans(self, text: str) -> list[Span]:
        """Where the secrets of a plain text lie, in order, none touching another."""
        return merged([*self._hits(text), *spans_at(text, candidates(text))])

    @property
    def hold(self) -> int:
        """How many characters at the end of a chunk may be the beginning of a secret."""
        return max(_HOLD, *map(len, self._forms)) if self._forms else _HOLD

    @property
    def _forms(self) -> tuple[str, ...]:
        if self._known_forms is None:
            from .values import forms_of

            self._known_forms = forms_of(self._secrets)
        return self._known_forms

    def _hits(self, text: str) -> list[Span]:
        found = []
        for form in self._forms:
            start = text.find(form)
            while start >= 0:
                found.append(Span(start, start, start + len(form)))
                start = text.find(form, start + len(form))
        return found


class RedactedStream:
    """Gives back what is certain to hold no part of a secret, and keeps the rest until more comes or `close`.

    A single secret of more than 256 KiB may be cut; nothing else is.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._pending = ""
        self._enough = 0

    def feed(self, chunk: str) -> str:
        """Takes the next characters; returns those that are clean by now, perhaps none."""
        self._pending += chunk
        hold = self._redactor.hold
        if len(self._pending) < self._enough + 2 * hold:
            return ""
        spans = self._redactor.spans(self._pending)
        cut = len(self._pending) - hold
        clean = self._emit(spans, _before_matches(spans, cut))
        self._enough = len(self._pending)
        if self._enough > _PENDING_LIMIT:
            clean += self.close()
        return clean

    def close(self) -> str:
        """The rest, redacted."""
        rest, self._pending, self._enough = self._pending, "", 0
        return render(rest, self._redactor.spans(rest))

    def _emit(self, spans: list[Span], cut: int) -> str:
        clean = render(self._pending[:cut], [span for span in spans if span.end <= cut])
        self._pending = self._pending[cut:]
        return clean


def _before_matches(spans: list[Span], cut: int) -> int:
    """The cut, moved to where no match is broken: what comes next must still be seen in its context."""
    for span in reversed(spans):
        if span.context < cut < span.end:
            cut = span.context
    return cut
