"""The walls of ARCHITECTURE.md, held by reading the imports of every module."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from functools import cache

import pytest

import zionr
from zionr.subsystems import folder_names

TOP = os.path.dirname(os.path.abspath(zionr.__file__))
INPUT_OUTPUT = {"subprocess", "socket", "requests", "git", "sqlite3", "tempfile", "fcntl", "urllib3", "http"}
WORLD = {"os", "time", "random", "secrets", "pathlib", "shutil", "glob"}
MAY_CATCH_ALL = ("cli.boundary", "cli.runs", "ports.background")
"""The boundary turns it into an exit code, a run of several into one's own report; the last hands it to its caller."""
PURE_ENGINE = {
    *("assess", "blank", "difference", "gates", "incidents", "mass", "overview", "planning", "report", "score"),
    *("past", "streak", "summary"),
}


def _modules() -> list[str]:
    """Every module of zionr as `engine.score`; a package is `engine.__init__`."""
    found = []
    for folder, _, files in os.walk(TOP):
        inside = os.path.relpath(folder, TOP)
        parts = [] if inside == "." else inside.split(os.sep)
        found += [".".join([*parts, file[:-3]]) for file in files if file.endswith(".py")]
    return sorted(found)


@cache
def _tree(module: str) -> ast.Module:
    with open(os.path.join(TOP, *module.split(".")) + ".py", encoding="utf-8") as file:
        return ast.parse(file.read())


@cache
def _imports(module: str) -> set[str]:
    """Absolute dotted names of all it imports, anywhere in it, types only excepted: `zionr.engine.score`, `os`."""
    found: set[str] = set()
    for node in _at_run_time(_tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def _at_run_time(node: ast.AST) -> Iterator[ast.AST]:
    """Every node that is not under `if TYPE_CHECKING:`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        yield child
        yield from _at_run_time(child)


def _base(module: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    above = ["zionr", *module.split(".")[: -node.level]] if node.level <= module.count(".") else ["zionr"]
    return ".".join([*above, *([node.module] if node.module else [])])


def _room(name: str) -> str:
    return name.split(".")[1] if name.startswith("zionr.") else ""


MODULES = _modules()


def test_the_reader_of_imports_reads() -> None:
    assert "zionr.engine.score" in _imports("engine.assess")
    assert "zionr.subsystems.pm2.frames" in _imports("subsystems.pm2.act")
    assert "os" in _imports("subsystems.__init__")
    assert "zionr.context.Context" in _imports("subsystems.pm2.observe")
    assert len(MODULES) > 80


def test_purity_reaches_into_the_rooms_of_a_subsystem() -> None:
    pure = _pure_modules()
    for name in (
        "judging.alive",
        "judging.life",
        "repairs.preconditions",
        "files.own.cadence",
        "files.__init__",
        "github.runs",
    ):
        assert f"subsystems.actions.{name}" in pure
    assert "subsystems.actions.checkout.observe" not in pure
    assert "subsystems.pm2.life" in pure


@pytest.mark.parametrize("module", [name for name in MODULES if not name.startswith("cli.") and name != "__main__"])
def test_nobody_imports_the_command_line(module: str) -> None:
    assert not [name for name in _imports(module) if _room(name) == "cli"]


def test_the_model_imports_nothing_of_zionr() -> None:
    assert not [name for name in _imports("model") if name.startswith("zionr")]


@pytest.mark.parametrize("module", [name for name in MODULES if name.split(".")[0] not in ("ports", "store")])
def test_input_and_output_only_in_ports_and_store(module: str) -> None:
    assert not [name for name in _imports(module) if name.split(".")[0] in INPUT_OUTPUT]


@pytest.mark.parametrize("module", [name for name in MODULES if name.split(".")[0] in ("ports", "store")])
def test_ports_and_store_know_no_engine_and_no_subsystem(module: str) -> None:
    assert not [name for name in _imports(module) if _room(name) in ("engine", "subsystems", "render", "cli")]


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("engine.")])
def test_the_engine_knows_no_subsystem_by_name(module: str) -> None:
    concrete = tuple(f"zionr.subsystems.{name}" for name in folder_names())
    assert not [name for name in _imports(module) if name.startswith(concrete)]


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("subsystems.")])
def test_a_subsystem_knows_neither_another_nor_the_engine(module: str) -> None:
    own = module.split(".")[1]
    others = tuple(f"zionr.subsystems.{name}." for name in folder_names() if name != own)
    imported = _imports(module)
    assert not [name for name in imported if name.startswith(others)]
    assert not [name for name in imported if _room(name) in ("engine", "store", "render", "cli")]


def _pure_modules() -> list[str]:
    """The pure modules of the engine, and of each subsystem judge, plan, verify, and all that these import of it.

    What only judges the content of one file is in a folder `files`; where a subsystem has one, all of that is pure. So
    is every module that says so of itself.
    """
    found = {f"engine.{name}" for name in PURE_ENGINE} | {module for module in MODULES if _calls_itself_pure(module)}
    for subsystem in folder_names():
        home = f"subsystems.{subsystem}"
        files = [module for module in MODULES if module.startswith(f"{home}.files.")]
        found |= _reached([*(f"{home}.{name}" for name in ("judge", "plan", "verify")), *files], home)
    return sorted(found)


def _calls_itself_pure(module: str) -> bool:
    return re.search(r"\bPure\b|\(pure\)", ast.get_docstring(_tree(module)) or "") is not None


def _reached(modules: list[str], home: str) -> set[str]:
    """These modules, and what they import of their own subsystem, in whichever of its rooms, and so on."""
    reached: set[str] = set()
    queue = list(modules)
    while queue:
        module = queue.pop()
        reached.add(module)
        queue += [name for name in _own(module, home) if name not in reached]
    return reached


def _own(module: str, home: str) -> set[str]:
    """The modules of the same subsystem that this one imports, with the packages that lie above them."""
    found: set[str] = set()
    for name in _imports(module):
        steps = name.removeprefix("zionr.").split(".")
        above = [".".join(steps[:length]) for length in range(3, len(steps) + 1)]
        found |= {one for path in above for one in (path, f"{path}.__init__") if path.startswith(f"{home}.")}
    return found & set(MODULES)


@pytest.mark.parametrize("module", _pure_modules())
def test_what_is_pure_cannot_look_at_the_world(module: str) -> None:
    imported = _imports(module)
    assert not [name for name in imported if name.split(".")[0] in WORLD | INPUT_OUTPUT]
    assert not [name for name in imported if _room(name) in ("ports", "store", "cli", "render")]


@pytest.mark.parametrize("module", _pure_modules())
def test_what_is_pure_reads_no_clock_and_opens_nothing(module: str) -> None:
    used = {node.attr for node in ast.walk(_tree(module)) if isinstance(node, ast.Attribute)}
    called = {node.func.id for node in ast.walk(_tree(module)) if _is_plain_call(node)}  # type: ignore[attr-defined]
    assert not used & {"now", "utcnow", "today", "monotonic", "urandom"} - _fields_called_now(module)
    assert not called & {"open", "print", "input", "exec", "eval"}


def _is_plain_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


def _fields_called_now(module: str) -> set[str]:
    """`now` is an argument and a field everywhere here; only calling it reads a clock."""
    calls = [node.func for node in ast.walk(_tree(module)) if isinstance(node, ast.Call)]
    return set() if any(isinstance(func, ast.Attribute) and func.attr == "now" for func in calls) else {"now"}


@pytest.mark.parametrize("module", MODULES)
def test_one_broad_except_at_the_boundary(module: str) -> None:
    handlers = [node for node in ast.walk(_tree(module)) if isinstance(node, ast.ExceptHandler)]
    broad = [node for node in handlers if node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")]
    swallowing = [node for node in broad if not isinstance(node.body[-1], ast.Raise)]
    assert len(swallowing) <= (module in MAY_CATCH_ALL)


@pytest.mark.parametrize("module", MODULES)
def test_only_the_entry_point_exits(module: str) -> None:
    exits = [
        node
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("sys.exit", "os._exit", "exit", "quit")
    ]
    assert not exits or module in ("__main__", "cli.main", "cli.boundary")


@pytest.mark.parametrize("module", MODULES)
def test_no_group_is_possessive(module: str) -> None:
    """Before 3.11.5 Python matches `(…)*+` wrongly (python/cpython#106052); an atomic group around it says the same."""
    constants = [node.value for node in ast.walk(_tree(module)) if isinstance(node, ast.Constant)]
    texts = [text for text in constants if isinstance(text, str)]
    assert not [text for text in texts if re.search(r"(?<!\\)\)[*+?]\+|(?<!\\)\)\{[\d,]+\}\+", text)]
