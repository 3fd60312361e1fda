"""The simple commands of a shell script, well enough to tell a command from a text that only names one.

It is no shell: what it cannot follow (a `case` pattern, a deeper substitution) comes out as a command nobody knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

EXPRESSION = re.compile(r"\$\{\{(?>(?:'[^']*'|[^'}]|\}(?!\}))*)\}\}")
"""`${{ … }}`; a `}}` within its quotes does not end it."""
_TOKEN = re.compile(
    r"""
    (?P<words>[\w./:=@%+,-]+(?:[ \t]+[\w./:=@%+,-]+)*(?![^\s;&|)]))
  | (?P<space>(?>[ \t\r]|\\\r?\n)+)
  | (?P<comment>(?<![^\s;&|()])\#[^\n]*)
  | (?P<sum>\$?\(\([^()\n]*\)\))
  | (?P<redirect>[0-9]*(?:&>>?|>>|>&|<&|>\||<<<|<>|>|<(?!<)))
  | (?P<end>\n|&&|\|\|?|;|&|[()`])
  | (?P<heredoc><<-?[ \t]*(?P<delimiter>'[^'\n]+'|"[^"\n]+"|\\?[\w.-]+))
  | '(?P<single>[^']*)'
  | "(?P<double>(?>(?:[^"\\]|\\.)*))"
  | \\(?P<escaped>.)
  | (?P<plain>[^\s'"#;&|()\\$<>`]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_SIMPLE_LINE = re.compile(r"[ \t]*+([\w./:=@%+,-]++(?>(?:[ \t]++[\w./:=@%+,-]++)*))[ \t]*+(?:\n|\Z)")
"""A whole line of nothing but plain words: the bulk of all scripts, read without looking at single tokens."""
_INNER = re.compile(r"\$\((?!\()([^()]*)|`([^`]*)")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_RESERVED = frozenset({"if", "then", "elif", "else", "while", "until", "do", "!", "{", "time"})
_WRAPPERS = frozenset({"sudo", "env", "command", "exec", "nohup", "timeout", "nice", "stdbuf", "xargs", "builtin"})
_OF_WRAPPER = re.compile(r"-.*|\d+(?:\.\d+)?[smhd]?", re.DOTALL)
_SHELLS = frozenset({"bash", "sh"})

Command = tuple[int, list[str]]
"""Its line from 0, and its words."""


def commands(script: str) -> Iterator[Command]:
    """Each simple command without its quotes, redirections, assignments and wrappers.

    Commands within `$(…)`, backticks and `bash -c` count too; heredocs and comments do not. A `${{ … }}` stays whole.
    """
    for line, words in _Reader(script).read():
        stripped = _strip(words)
        if stripped:
            yield line, stripped
        if stripped and stripped[0] in _SHELLS and "-c" in stripped[:-1]:
            for _, inner in commands(stripped[stripped.index("-c") + 1]):
                yield line, inner


def _strip(words: list[str]) -> list[str]:
    """Without what may stand in front of a command."""
    start, wrapped = 0, False
    for word in words:
        wrapped = wrapped or word in _WRAPPERS
        in_front = word in _RESERVED or word in _WRAPPERS or _ASSIGNMENT.match(word)
        if not in_front and not (wrapped and _OF_WRAPPER.fullmatch(word)):
            break
        start += 1
    return words[start:]


class _Reader:
    """Reads a script once, from its start to its end."""

    def __init__(self, script: str) -> None:
        self.script = script
        self.position = 0
        self.line = 0
        self.begun = 0
        self.words: list[str] = []
        self.parts: list[str] = []
        self.in_word = False
        self.is_target = False
        self.inner: list[str] = []
        self.delimiters: list[str] = []
        self.expressions = True

    def read(self) -> Iterator[Command]:
        while self.position < len(self.script):
            simple = None if self.words or self.in_word or self.is_target else self._simple_line()
            if simple is not None:
                yield simple
                continue
            found = self._next()
            written = found.group()
            self.position = found.end()
            if found.lastgroup == "end":
                if self.words or self.in_word:
                    yield from self._end_command()
                self.is_target = False
            else:
                self._take(found)
            self.line += written.count("\n")
            if written == "\n" and self.delimiters:
                self._skip_heredocs()
        yield from self._end_command()

    def _simple_line(self) -> Command | None:
        found = None if self.delimiters else _SIMPLE_LINE.match(self.script, self.position)
        if found is None:
            return None
        self.position, self.line = found.end(), self.line + 1
        return self.line - 1, found[1].split()

    def _next(self) -> re.Match[str]:
        if self.expressions and self.script.startswith("${{", self.position):
            found = EXPRESSION.match(self.script, self.position)
            if found is not None:
                return found
            # An expression without an end: asking at every further one would cost the square of the length.
            self.expressions = False
        token = _TOKEN.match(self.script, self.position)
        if token is None:
            raise AssertionError("any single character is a token")
        return token

    def _take(self, found: re.Match[str]) -> None:
        kind = found.lastgroup
        if kind in ("space", "comment"):
            self._end_word()
        elif kind == "redirect":
            self._end_word()
            self.is_target = True
        elif kind == "heredoc":
            self._end_word()
            self.delimiters.append(found["delimiter"].strip("'\"\\"))
        elif kind == "words":
            self._add_words(found.group().split())
        else:
            self._add(found)

    def _add_words(self, words: list[str]) -> None:
        """Words that end here, the first of which may end a word that has begun, or name a redirection's file."""
        self._begin()
        self.parts.append(words[0])
        self._end_word()
        self.words += words[1:]

    def _begin(self) -> None:
        if not self.words and not self.in_word:
            self.begun = self.line
        self.in_word = True

    def _add(self, found: re.Match[str]) -> None:
        self._begin()
        self.parts.append(found.group(found.lastindex or 0))
        if found.lastgroup == "double":
            self.inner += [one or other for one, other in _INNER.findall(found["double"])]

    def _end_word(self) -> None:
        if self.in_word and not self.is_target:
            self.words.append("".join(self.parts))
        if self.in_word:
            self.parts, self.in_word, self.is_target = [], False, False

    def _end_command(self) -> Iterator[Command]:
        self._end_word()
        words, inner = self.words, self.inner
        self.words, self.inner, self.is_target = [], [], False
        if words:
            yield self.begun, words
        for script in inner:
            for _, nested in _Reader(script).read():
                yield self.begun, nested

    def _skip_heredocs(self) -> None:
        """To the line behind the last delimiter; without one, as in a shell, to the end."""
        for delimiter in self.delimiters:
            while self.position < len(self.script):
                end = self.script.find("\n", self.position)
                end = len(self.script) if end < 0 else end
                line = self.script[self.position : end].lstrip("\t")
                self.position, self.line = end + 1, self.line + 1
                if line == delimiter:
                    break
        self.delimiters = []
