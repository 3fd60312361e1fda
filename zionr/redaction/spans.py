"""Parts of a text that are secret."""

from typing import NamedTuple

MARK = "[redacted]"


class Span(NamedTuple):
    """Characters `start` up to `end` are secret; that was seen by looking from `context` on."""

    context: int
    start: int
    end: int


def merged(spans: list[Span]) -> list[Span]:
    """In order of their start, with those that overlap or touch made one."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if result and span.start <= result[-1].end:
            last = result[-1]
            result[-1] = Span(min(last.context, span.context), last.start, max(last.end, span.end))
        else:
            result.append(span)
    return result


def render(text: str, spans: list[Span]) -> str:
    """The text with a mark for each of its (merged) spans."""
    parts = []
    at = 0
    for span in spans:
        parts += [text[at : span.start], MARK]
        at = span.end
    return "".join([*parts, text[at:]])
