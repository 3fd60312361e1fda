"""Steps that do something, and steps that only set up or talk: a workflow of the latter is green for ever."""

from __future__ import annotations

import re
from functools import lru_cache

from .....model import JsonObject
from ..source import Source
from .parts import Job, jobs_of, never_runs, text, vocabulary
from .script import commands

_SETS_UP = re.compile(
    r"""
    actions/(?:checkout|cache(?:/(?:restore|save))?|download-artifact|create-github-app-token)
  | (?:[^/]+/)+ (?:action-setup|setup|install) (?:-[^/]*)?
  | [^/]+/ (?:(?:rust-)?cache|checkout|login-action|npm-install|(?:rust-)?toolchain|harden-runner)
  | aws-actions/(?:configure-aws-credentials|amazon-ecr-login)
  | google-github-actions/(?:auth|setup-[^/]+)
  | azure/login
    """,
    re.VERBOSE,
)
"""Actions that only make a runner ready, by their names: their authors call them setup-, install-, cache, login."""
_IDLE = vocabulary(
    "echo printf true : sleep date pwd ls cat df set shopt export unset cd whoami hostname uname printenv which"
    " type test [ [[ local return wait for fi done } in break continue function mkdir chmod"
    " write-host write-output start-sleep get-date"
)
_MANAGERS = vocabulary(
    "npm yarn pnpm bun pip pip3 pipx uv poetry pipenv bundle composer gem"
    " apt apt-get apk brew dnf yum choco corepack nvm playwright"
)
_FETCHES = frozenset({"install", "i", "ci", "update", "add", "enable", "prepare", "use", "sync", "clean-install"})
_FETCHING_VERBS = {
    "go": frozenset({"mod"}),
    "cargo": frozenset({"fetch"}),
    "dotnet": frozenset({"restore"}),
    "git": frozenset({"config", "fetch", "status", "log", "branch"}),
}
_PLAINLY_ACTS = re.compile(r"(?:set -[a-z]+(?: pipefail)?\n)?(?:node|python3?|npm run|make) [\w./]")
"""How most scripts that act begin: these need not be read word by word."""
_LONGEST_NAME = 200
_VERSION = frozenset({"--version", "-v", "-V", "version"})


def step_counts(source: Source) -> tuple[int, int, int]:
    """(jobs, steps, steps that do something) of a workflow; zeros for an action.

    A job that calls a reusable workflow is one step that does something. What never runs does nothing.
    """
    jobs = jobs_of(source)
    counts = [_counts(job) for job in jobs]
    return len(jobs), sum(steps for steps, _ in counts), sum(real for _, real in counts)


def is_gutted_suspect(facts: JsonObject) -> bool:
    """Whether a file (its FILE dict) has steps and none of them does anything: only its past tells if one ever did."""
    steps, real = facts.get("steps"), facts.get("real_steps")
    return facts.get("readable") is True and real == 0 and isinstance(steps, int) and steps > 0


def _counts(job: Job) -> tuple[int, int]:
    runs = not never_runs(job.value)
    if text(job.value.get("uses")):
        return 1, int(runs)
    steps = job.steps
    return len(steps), sum(runs and _is_real(step.value) for step in steps)


def _is_real(step: JsonObject) -> bool:
    if never_runs(step):
        return False
    uses = text(step.get("uses")).strip()
    if uses:
        return not _sets_up(uses[:_LONGEST_NAME])
    script = text(step.get("run"))
    return _PLAINLY_ACTS.match(script) is not None or any(_acts(words) for _, words in commands(script))


@lru_cache(maxsize=512)
def _sets_up(uses: str) -> bool:
    """Whether an action only makes ready. What a local one or an image does, nobody knows here: it does something."""
    return not uses.startswith(("./", "docker://")) and bool(_SETS_UP.fullmatch(uses.partition("@")[0].lower()))


def _acts(words: list[str]) -> bool:
    """Whether a command does more than talk, wait or fetch what others need."""
    if words[0] in ("npx", "pnpx", "bunx") and len(words) > 1:
        words = words[1:]
    if words[0] in ("python", "python3", "py") and words[1:2] == ["-m"] and len(words) > 2:
        words = words[2:]
    name = words[0].rpartition("/")[2].lower()
    if name == "exit":
        return words[1:] not in ([], ["0"])
    if name in _IDLE or not name or name == "$":
        return False
    return not (_only_asks(words) or _only_fetches(name, words))


def _only_asks(words: list[str]) -> bool:
    return len(words) == 2 and words[1] in _VERSION


def _only_fetches(name: str, words: list[str]) -> bool:
    if name in _FETCHING_VERBS:
        return not _FETCHING_VERBS[name].isdisjoint(words[1:2])
    if name not in _MANAGERS:
        return False
    verbs = [word for word in words[1:] if not word.startswith("-")]
    if not verbs:
        return name in ("yarn", "pnpm", "bundle")
    return verbs[0] in _FETCHES or (name == "uv" and verbs[:2] == ["pip", "install"])
