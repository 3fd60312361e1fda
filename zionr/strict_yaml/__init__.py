"""One strict way to read YAML that people wrote: YAML 1.2 core schema, bounded, a place for every value.

Only the events of PyYAML's parser are used. Its composer recurses (the C one crashes on deep nesting), reads
booleans as YAML 1.1 does and expands aliases without a bound; `zionr.strict_yaml.composer` does that instead.
PyYAML is imported at the first reading: 25 ms that a run does not pay where nothing changed.
"""

from __future__ import annotations

from .values import Dialect, Document, Limits, Marks, Problem, YamlProblems

__all__ = ["Dialect", "Document", "Limits", "Marks", "Problem", "YamlProblems", "load"]


def load(source: str | bytes, *, limits: Limits | None = None, dialect: Dialect | None = None) -> Document:
    """The one document in `source` (UTF-8 where it is bytes); an empty source has the value None.

    Raises YamlProblems, which names every duplicate key, tag, merge key and key that is no text at once, and
    at most one fault after which nothing further can be read. `limits` defaults to `Limits()`, `dialect` to the
    strictest, `Dialect()`.
    """
    import yaml

    from .composer import compose
    from .syntax import explain_syntax
    from .text import decode

    limits, dialect = limits or Limits(), dialect or Dialect()
    text = decode(source, limits, bom=dialect.bom)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        composed = compose(loader.get_event, limits, dialect, lambda error: explain_syntax(error, text, limits))
    finally:
        loader.dispose()
    document = Document(None if composed.root is None else composed.root.value, Marks(composed.root))
    if composed.problems:
        raise YamlProblems(composed.problems, document if composed.whole else None)
    return document
