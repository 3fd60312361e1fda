"""The run blocks of a file whose syntax only a shell can judge: what every shell accepts is cleared here, cheaply."""

from __future__ import annotations

import re
from typing import Any

from ....model import JsonObject
from .own.script import EXPRESSION
from .parts import Job, Step, composite_steps, first_line, jobs_of, mapping, text
from .source import Source, anchor_of

LONGEST = 100_000
"""Bytes of one block: Linux takes no argument of 128 KB or more (MAX_ARG_STRLEN, execve(2))."""
_SHELLS = ("bash", "sh")
_RESERVED = (
    "if|then|elif|else|fi|case|esac|for|select|while|until|do|done|in|function|time|coproc"  # bash(1), RESERVED WORDS
)
# No possessive quantifier of a group here or elsewhere: before 3.11.5 Python gives wrong matches of them.
_PART = (
    r"(?>[A-Za-z0-9_./:=@%+,^~*?-]++"
    r"|\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\})"
    r'|"(?>(?:[^"\\`$]|\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\}))*)"'
    r"|'[^']*+')"
)
_WORD = rf"(?>{_PART}+)"
_BLANK = r"[ \t]"
_REDIRECTION = rf"(?:2>&1|[12]?>>?{_BLANK}*+{_WORD})"
_COMMAND = rf"(?!(?:{_RESERVED})(?![\w./:=@%+,^~*?$\"'-])){_WORD}(?>(?:{_BLANK}++(?:{_REDIRECTION}|{_WORD}))*)"
_LINE = rf"{_BLANK}*+(?:\#[^\n]*+|{_COMMAND}(?>(?:{_BLANK}*+(?:&&|\|\||\||;){_BLANK}*+{_COMMAND})*){_BLANK}*+)?"
_PLAIN = re.compile(rf"{_LINE}(?>(?:\n{_LINE})*)", re.ASCII)
"""Lines of words, quoted texts, variables, files to write to, and the signs that join commands; nothing that nests."""
_ON_WINDOWS = re.compile(r"windows|(?<![a-z])win(?![a-z])|(?<![a-z])win\d", re.IGNORECASE)
_OF_MATRIX = re.compile(r"\$\{\{\s*matrix\.[\w.-]+\s*\}\}", re.IGNORECASE)
_UNIX = re.compile(r"ubuntu|linux|macos", re.IGNORECASE)
_POWERSHELL = re.compile(r"\$env:|\b(?:Get|Set|New|Remove|Invoke|Test|Start|Write|Select|Where|ForEach)-[A-Z]")


def block_facts(source: Source) -> JsonObject:
    """`blocks`, those that a shell can be asked about, and `large_blocks`, how many are too long for that."""
    found = blocks(source)
    short = [block for block in found if len(block["text"].encode(errors="surrogatepass")) <= LONGEST]
    return {"blocks": short, "large_blocks": len(found) - len(short)}


def blocks(source: Source) -> list[JsonObject]:
    """{text, line, anchor, shell} of each run block for bash or sh that is not plainly well-formed.

    Every `${{ … }}` in the text is one word, with as many lines as before; `line` is that of the text's first line.
    """
    whole = mapping(source.value)
    found = [_block(source, step, step.value.get("shell")) for step in composite_steps(source)]
    for job in jobs_of(source):
        usual = _usual_shell(whole, job)
        found += [_block(source, step, step.value.get("shell", usual)) for step in job.steps]
    return [block for block in found if block is not None]


def _block(source: Source, step: Step, shell: Any) -> JsonObject | None:
    run = text(step.value.get("run"))
    script = neutral(run) if shell in _SHELLS and run else None
    # A pattern of extglob is an error to a shell that has not run the `shopt` before it.
    if script is None or is_plain(script) or "extglob" in script:
        return None
    if "shell" not in step.value and _POWERSHELL.search(script):
        return None
    path = (*step.path, "run")
    return {"text": script, "line": first_line(source, path), "anchor": anchor_of(path), "shell": shell}


def is_plain(script: str) -> bool:
    """Whether any POSIX shell surely accepts this text. False says nothing."""
    return _PLAIN.fullmatch(script) is not None


def neutral(script: str) -> str | None:
    """The script with a word for every expression; None where one does not end."""
    if "${{" not in script:
        return script
    parts, position = [], 0
    while (start := script.find("${{", position)) >= 0:
        found = EXPRESSION.match(script, start)
        if found is None:
            return None
        # A line that goes on keeps the lines behind it where they were.
        parts += [script[position:start], "x", "\\\n" * found.group().count("\n")]
        position = found.end()
    return "".join((*parts, script[position:]))


def _usual_shell(whole: JsonObject, job: Job) -> str | None:
    """The shell of a job's steps that name none; None where it is not known to be bash or sh."""
    for part in (job.value, whole):
        shell = mapping(mapping(part.get("defaults")).get("run")).get("shell")
        if shell is not None:
            return shell if shell in _SHELLS else None
    return "bash" if _is_unix(job.value) else None


def _is_unix(job: JsonObject) -> bool:
    """Whether no runner of the job can be Windows, as far as the file tells.

    A label that is an expression is followed into a written matrix; any other tells only what it spells out.
    """
    if job.get("container") is not None:
        return True
    label = str(job.get("runs-on"))
    if _ON_WINDOWS.search(label):
        return False
    if "${{" not in label or _UNIX.search(label):
        return True
    matrix = mapping(job.get("strategy")).get("matrix")
    return _OF_MATRIX.search(label) is not None and isinstance(matrix, dict) and not _ON_WINDOWS.search(str(matrix))
