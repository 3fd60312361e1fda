from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zionr.strict_yaml import Dialect, Limits, YamlProblems, load

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def faults(source: str | bytes, limits: Limits | None = None) -> list[str]:
    with pytest.raises(YamlProblems) as caught:
        load(source, limits=limits)
    return str(caught.value).split("\n")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("yes", "yes"),
        ("off", "off"),
        ("'true'", "true"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("Null", None),
        ("", None),
        ("0o17", 15),
        ("0x1F", 31),
        ("0755", 755),
        ("+3", 3),
        ("1_000", "1_000"),
        ("1.", 1.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1:30", "1:30"),
        ("2024-01-01", "2024-01-01"),
        ("- # nothing", [None]),
        ("{a: [1, 'b'], c: {}}", {"a": [1, "b"], "c": {}}),
        ("a: |\n  two\n  lines\n", {"a": "two\nlines\n"}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("'<<': quoted", {"<<": "quoted"}),
        ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
    ],
)
def test_core_schema(text: str, value: object) -> None:
    assert load(text).value == value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a:\n\tb: 1", "2:1: a tab; YAML is indented with spaces"),
        ("a: @x", "1:4: '@' cannot begin a value; put the text in quotes"),
        ("a: b: c", "1:5: no ': ' can stand here; quote the text that holds it"),
        ("a: 'x", "1:6: the file ends within a quoted text"),
        ("a: [1, 2\nb: 3", "2:2: no ',' or ']' here; is the list closed?"),
        ("a: 1\n---\nb: 1", "2:1: a second document begins here; one file holds one"),
        ("a: *b", "1:4: alias *b has no anchor before it"),
        ("a: &a [*a]", "1:8: alias *a stands within its own anchor"),
        ("a: &a b\n*a : c", "2:1: an alias as a key; write the key out"),
        ("? [a]\n: b", "1:3: a mapping or list as a key; a key is a text"),
        ("7: b", "1:1: key 7 is not a text; put it in quotes"),
        ("true: b", "1:1: key true is not a text; put it in quotes"),
        ("? \n: b", "1:2: an empty key is not a text; put it in quotes"),
        ("a: !x b", "1:4: a tag '!x'; tags are not allowed, leave it out"),
        ("a: ! b", "1:4: a tag '!'; tags are not allowed, leave it out"),
        ("<<: {a: 1}", "1:1: a merge key '<<'; write the keys out"),
        ("a: .inf", "1:4: .inf is not a number that can be used here"),
        ("a: 1e999", "1:4: a number too large to hold; put it in quotes if it is a text"),
        ("a: " + "9" * 5000, "1:4: a number of 5000 digits; put it in quotes if it is a text"),
        ('a: "\\0"', "1:4: a NUL within a text"),
        ("a: 1\nb: x\0y", "2:5: a NUL byte: this is not a text file"),
        ("a: \x1b[31m", "1:4: control character U+001B: this is not a text file"),
        ("a: \ud800", "1:4: control character U+D800: this is not a text file"),
        ("\ufeffa: 1", "1:1: a byte order mark (BOM); save the file as UTF-8 without it"),
        (b"a: 1\nb: \xff", "2:4: byte 0xff is not UTF-8"),
        (b"\xff\xfea\x00", "1:1: UTF-16; save the file as UTF-8"),
        (b"\x7fELF\x02\x01\x01", "1:1: control character U+007F: this is not a text file"),
        ("[" * 101, "1:101: nested deeper than 100 levels"),
        ("x" * 600_000, "1:1: larger than 512 KB"),
    ],
)
def test_refusals(source: str | bytes, expected: str) -> None:
    assert faults(source) == [expected]


def test_depth_without_end_is_refused_by_whoever_counts_first() -> None:
    with pytest.raises(YamlProblems) as caught:
        load("[" * 200_000)
    (problem,) = caught.value.problems
    assert (problem.reason, problem.kind) == ("nested deeper than 100 levels", "depth")


LOOSE = Dialect(True, True, frozenset({"tag:yaml.org,2002:int", "tag:yaml.org,2002:str"}), True, True)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("on: 1\ntrue: 2\n1: x\nnull: y", {"on": 1, "true": 2, "1": "x", "null": "y"}),
        (b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
        ("a: .inf\nb: 1e999", {"a": ".inf", "b": "1e999"}),
        ("a: !!str 5\nb: !!int 5", {"a": "5", "b": 5}),
    ],
)
def test_a_loose_dialect(source: str | bytes, value: object) -> None:
    assert load(source, dialect=LOOSE).value == value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a: 1\nA: 2", "2:1: duplicate key 'A', first on line 1"),
        ("? \n: b", "1:2: an empty key is not a text; put it in quotes"),
        ("a: !!float 5", "1:4: a tag 'tag:yaml.org,2002:float'; tags are not allowed, leave it out"),
        ("a: 1\nb: \ufeff", "2:4: a byte order mark (BOM); save the file as UTF-8 without it"),
        ("<<: 1", "1:1: a merge key '<<'; write the keys out"),
    ],
)
def test_a_loose_dialect_has_its_limits_too(source: str, expected: str) -> None:
    with pytest.raises(YamlProblems) as caught:
        load(source, dialect=LOOSE)
    assert str(caught.value) == expected


def test_faults_leave_what_could_be_read() -> None:
    with pytest.raises(YamlProblems) as caught:
        load("a: 1\na: 2\n")
    document = caught.value.document
    assert document is not None
    assert document.value == {"a": 2}


def test_nothing_is_left_of_a_text_that_breaks_off() -> None:
    with pytest.raises(YamlProblems) as caught:
        load("a: 1\nb: @\n")
    assert caught.value.document is None


def test_every_fault_at_once() -> None:
    text = "a: 1\na: 2\nb: {c: 1, c: 3}\n<<: {x: 1}\n1: x\nd: !y z\ne: @\n"
    assert faults(text) == [
        "2:1: duplicate key 'a', first on line 1",
        "3:11: duplicate key 'c', first on line 3",
        "4:1: a merge key '<<'; write the keys out",
        "5:1: key 1 is not a text; put it in quotes",
        "6:4: a tag '!y'; tags are not allowed, leave it out",
        "7:4: '@' cannot begin a value; put the text in quotes",
    ]


def test_a_bomb_costs_nothing() -> None:
    assert faults(BOMB) == ["5:29: more than 100,000 values, aliases written out"]


def test_aliases_cannot_hide_depth() -> None:
    text = "a: &a [[[1]]]\nb: [[*a]]\n"
    assert load(text, limits=Limits(depth=6)).value["b"] == [[[[[1]]]]]
    assert faults(text, Limits(depth=5)) == ["2:6: nested deeper than 5 levels"]


def test_problems_carry_path_and_kind() -> None:
    with pytest.raises(YamlProblems) as caught:
        load("a:\n  - b: 1\n  - b: 1\n    b: 2\n")
    (problem,) = caught.value.problems
    assert (problem.path, problem.kind) == (("a", 1, "b"), "duplicate")


def test_marks_of_keys_and_values() -> None:
    marks = load("a:\n  b: [x, yy]\n").marks
    assert marks["a", "b"] == (2, 3)
    assert marks.value(("a", "b")) == (2, 6)
    assert marks.value(("a", "b", 1)) == (2, 10)
    assert marks.key(()) == (1, 1)
    assert marks.key(("a", "nothing")) is None
    assert marks.value(("a", "b", 2)) is None
    with pytest.raises(KeyError):
        _ = marks["a", "c"]


def test_marks_lead_through_aliases_to_the_anchor() -> None:
    marks = load("a: &x {b: 1}\nc: *x\n").marks
    assert marks["c", "b"] == (1, 8)


def test_an_empty_file_has_no_value() -> None:
    document = load(b"# nothing yet\n")
    assert document.value is None
    assert document.marks.key(()) is None


@given(st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_bytes_are_read_or_refused(source: bytes) -> None:
    _read_or_refuse(source)


@given(st.text(alphabet="ab1:-?!&*<|>%@`'\"[]{}, \n\t#~.\\\0\ufeff", max_size=80))
@settings(max_examples=400, deadline=None)
@example("&a : b\n*a : c")
@example("? \n")
@example("- - ? a\n    : &b\n  - *b")
def test_yaml_like_text_is_read_or_refused(source: str) -> None:
    _read_or_refuse(source)


def _read_or_refuse(source: str | bytes) -> None:
    problems = []
    try:
        load(source, limits=Limits(size=300, depth=5, nodes=50))
    except YamlProblems as error:
        problems = error.problems
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)
    assert all(problem.reason.isprintable() for problem in problems)


KEYS = st.text(alphabet="abcxyz-", min_size=1, max_size=6)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | KEYS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(TREES)
@settings(max_examples=100, deadline=None)
def test_what_yaml_writes_is_read_back(tree: object) -> None:
    assert load(yaml.safe_dump(tree)).value == tree
