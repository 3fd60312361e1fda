"""Example secrets are put together here from parts, so that no scanner takes them for real ones."""

from __future__ import annotations

import base64
import json
import time
import urllib.parse
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zionr.redaction import MARK, Redactor
from zionr.redaction.values import says_secret
from zionr.redaction.vocabulary import VOCABULARY, is_own_word

CANARY = "c4nary/+" + 'wörd" \\9'
B = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
HEAD, END = "-----BEGIN RSA PRIVATE" + " KEY-----", "-----END RSA PRIVATE" + " KEY-----"
PEM = "\n".join([HEAD, "MIIE" + B, B + "==", END])

SHAPES = [
    *("gh" + letter + "_" + B for letter in "pousr"),
    "github" + "_pat_" + B,
    "glp" + "at-" + B[:20],
    "nf" + "p_" + B,
    "np" + "m_" + B,
    "xo" + "xb-123456789012-" + B[:24],
    "AKI" + "A" + "ABCDEFGH12345678",
    "AIz" + "a" + B[:35],
    "sk_li" + "ve_" + B[:24],
    "whs" + "ec_" + B,
    "ey" + "J" + B + "." + B + "." + B,
    PEM,
]
IN_CONTEXT = [
    ("https://hooks.slack.com/services/", "T00000000/B00000000/" + B[:24], ""),
    ("https://discord.com/api/webhooks/", "123456789/" + B, ""),
    ("https://api.netlify.com/build_hooks/", B[:24].lower(), ""),
    ("postgres://admin:", "hun" + "ter2", "@db.example:5432/x"),
    ("https://", B[:30], "@git.example/x.git"),
    ("Authorization: Bearer ", B, ""),
    ("authorization: basic ", B[:12] + "==", ""),
    ('curl -H "Authorization: token ', B[:20], '" x'),
    ("Cookie: ", "sid=" + B, ""),
    ("password=", "hun" + "ter2", ""),
    ("DB_PASSWORD=", "pass" + "word-1", " next"),
    ("api_key: ", B[:20], ", more"),
    ('{"api_key": "', B[:20], '" and no end'),
    ("?a=1&access_token=", B[:20], "&b=2"),
    ("login --auth-token ", B[:20], " --quiet"),
    ('secret: "', "two words", '"'),
]
INNOCENT = [
    '"token":7',
    '"token": null',
    '"token": 12345678, "x"',
    "sha256:" + "0a" * 32,
    "0123456789abcdef0123456789abcdef01234567",
    "123e4567-e89b-12d3-a456-426614174000",
    "cache-key: node-modules-v1",
    "id-token: write",
    "the secret: missing",
    "secret: GITHUB_TOKEN is not set",
    "token: ${{ secrets.NPM_TOKEN }}",
    "password=$DB_PASSWORD",
    "--token is required",
    "ssh://git@github.com/a/b.git",
    "https://example.com:8080/a@b",
    "http://[::1]:3000/",
    "npm_config_registry_of_this_project",
    "2026-11-24T02:50:04.123Z",
    "-----BEGIN CERTIFICATE-----",
    "fencing token 4711 of web-1",
    "cookie: none",
]


@pytest.mark.parametrize("secret", SHAPES, ids=lambda secret: secret[:8])
def test_shapes_alone_in_text_and_in_json(secret: str) -> None:
    redactor = Redactor()
    assert redactor(secret).replace(MARK, "") in ("", "s", "sk_live_")
    assert redactor(f"it says {secret}\nand goes on").endswith("\nand goes on")
    document = {"hint": [f"\n{secret}\nüx"], "state": "ok"}
    for ascii_only in (True, False):
        text = redactor(json.dumps(document, ensure_ascii=ascii_only))
        assert json.loads(text)["state"] == "ok"
        assert secret[9:40] not in json.loads(text)["hint"][0]
        assert json.loads(text)["hint"][0].endswith("\nüx")


@pytest.mark.parametrize(("before", "secret", "after"), IN_CONTEXT)
def test_shapes_that_need_their_context(before: str, secret: str, after: str) -> None:
    assert Redactor()(before + secret + after) == before + MARK + after
    document = json.dumps({"a": before + secret + after, "b": json.dumps([before + secret + after])})
    assert secret not in Redactor()(document)
    assert json.loads(Redactor()(document))["a"] == before + MARK + after


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_text_stays(text: str) -> None:
    assert Redactor()(text) == text
    assert Redactor()(json.dumps({"message": text})) == json.dumps({"message": text})


def test_keys_of_json_that_say_secret() -> None:
    document = {
        "password": "x, y",
        "apiKey": "k",
        "client_secret": "}",
        "Authorization": "a b",
        "token": 7,
        "env": {"X_TOKEN": "abcd" + '"efgh', "token": "read", "secret": "GITHUB_TOKEN"},
        "passwords": ["kept"],
    }
    clean = json.loads(Redactor()(json.dumps(document)))
    assert clean == {
        **dict.fromkeys(("password", "apiKey", "client_secret", "Authorization"), MARK),
        "token": 7,
        "env": {"X_TOKEN": MARK, "token": "read", "secret": "GITHUB_TOKEN"},
        "passwords": ["kept"],
    }


def test_an_unfinished_private_key_is_taken_as_far_as_it_goes() -> None:
    cut = PEM[:-40]
    assert Redactor()(cut + "\n") in (MARK + "\n", MARK)
    assert B not in Redactor()(json.dumps({"x": cut}))
    assert B not in Redactor()("key is " + PEM.replace("\n", "\\n"))


def _encodings(secret: str) -> list[str]:
    quoted = urllib.parse.quote(secret, safe="")
    return [
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(secret))[3:-3],
        base64.b64encode(secret.encode()).decode(),
        base64.urlsafe_b64encode(secret.encode()).decode(),
        quoted,
        quoted.replace("%C3%B6", "%c3%b6").replace("%2F", "%2f").replace("%2B", "%2b").replace("%5C", "%5c"),
        urllib.parse.quote(secret),
        urllib.parse.quote_plus(secret),
    ]


@pytest.mark.parametrize("encoded", _encodings(CANARY))
def test_values_in_every_encoding(encoded: str) -> None:
    redactor = Redactor([CANARY])
    assert redactor(f"before {encoded} after") == f"before {MARK} after"
    for ascii_only in (True, False):
        document = json.dumps([encoded, 1], ensure_ascii=ascii_only)
        assert json.loads(redactor(document)) == [MARK, 1]


@pytest.mark.parametrize("prefix", [b"", b"u", b"u:", b"abcd"])
@pytest.mark.parametrize("suffix", [b"", b"z", b"zz"])
def test_base64_at_every_alignment(prefix: bytes, suffix: bytes) -> None:
    octets = prefix + CANARY.encode() + suffix
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert MARK in Redactor([CANARY])(encode(octets).decode())


def test_overlapping_secrets_leave_nothing_of_either() -> None:
    first, second = "abcdefgh" + "12345", "12345" + "zyxwvuts"
    assert Redactor([first, second])("-abcdefgh12345zyxwvuts-") == f"-{MARK}-"


def test_each_line_of_a_long_secret() -> None:
    assert Redactor(["first line of it all\nsecond line of it all"])("got: second line of it all") == f"got: {MARK}"


@pytest.mark.parametrize("secret", ["", "short", "1234567", "critical", "finished", "finished_at", "production"])
def test_short_secrets_and_own_words_stay(secret: str) -> None:
    text = json.dumps({"finished_at": "x", "state": "critical", "message": f"in production: {secret}"})
    assert Redactor([secret])(text) == text


def test_no_word_of_the_vocabulary_is_lost() -> None:
    text = json.dumps(dict.fromkeys(sorted(VOCABULARY), "x"))
    assert Redactor(VOCABULARY)(text) == text


def test_a_secret_of_digits_breaks_no_number_time_or_id() -> None:
    document = {
        "bytes": 20261124,
        "id": "20261124T025004123-7f3a91",
        "at": "2026-11-24T02:50:04.123Z",
        "message": "pin 20261124",
    }
    clean = json.loads(Redactor(["20261124", "2026-11-24"])(json.dumps(document)))
    assert clean == {**document, "message": f"pin {MARK}"}


TELLING_NAMES = """
GITHUB_TOKEN GH_TOKEN NETLIFY_AUTH_TOKEN NODE_AUTH_TOKEN npm_config__authToken PGPASSWORD MYSQL_PWD
DB_PASS SMTP_PASSWORD SSH_PASSPHRASE AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN STRIPE_API_KEY
OPENAI_APIKEY SIGNING_KEY SENTRY_DSN DATABASE_URL ZIONR_DATABASE_URL SLACK_WEBHOOK SLACK_WEBHOOK_URL
ZIONR_ALERT_URL ZIONR_ALERT_URL_OPS BASIC_AUTH SESSION_COOKIE APP_SESSION DEPLOY_PRIVATE_KEY JWT
GIT_CREDENTIALS COOKIE BUILD_HOOK_URL
"""
OTHER_NAMES = """
PATH HOME PWD OLDPWD SSH_AUTH_SOCK XDG_SESSION_ID XDG_SESSION_TYPE DBUS_SESSION_BUS_ADDRESS
DESKTOP_SESSION SESSION_MANAGER GDMSESSION XAUTHORITY GITHUB_TOKEN_FILE PGPASSFILE SSH_ASKPASS
GIT_AUTHOR_NAME KEYBOARD MONKEY PUBLIC_KEY STRIPE_PUBLISHABLE_KEY TOKEN_URL
ACTIONS_ID_TOKEN_REQUEST_URL SECRET_PATH COMPASS HOSTNAME GITHUB_API_URL DATABASE_URL_FILE
TERM_SESSION_ID
"""


@pytest.mark.parametrize("name", TELLING_NAMES.split())
def test_names_that_say_secret(name: str) -> None:
    assert says_secret(name)


@pytest.mark.parametrize("name", OTHER_NAMES.split())
def test_names_that_do_not(name: str) -> None:
    assert not says_secret(name)


def test_from_the_environment() -> None:
    environ = {
        "NETLIFY_AUTH_TOKEN": f"  {B[:20]}\n",
        "HTTPS_PROXY": "http://me:pr%40xy-pass@proxy:3128/",
        "ALERT_URL": "https://alerts.example/in/0123456789abcdef",
        "HOME": "/home/" + B,
        "SHORT_TOKEN": "abc",
    }
    redactor = Redactor.from_environ(environ, ["out-of-a-" + "file"])
    for secret in (B[:20], "pr%40xy-pass", "pr@xy-pass", environ["ALERT_URL"], "/in/0123456789abcdef"):
        assert redactor(f"<{secret}>") == f"<{MARK}>"
    assert redactor("it was out-of-a-file") == f"it was {MARK}"
    assert redactor("/home/x abc") == "/home/x abc"


def _stream(redactor: Redactor, text: str, sizes: list[int]) -> str:
    stream = redactor.stream()
    parts, at, turn = [], 0, 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        parts.append(stream.feed(text[at : at + size]))
        at, turn = at + size, turn + 1
    return "".join([*parts, stream.close()])


STREAMED = [
    "password=" + B,
    PEM,
    "https://u:" + B + "@h",
    "gh" + "p_" + B,
    CANARY,
    base64.b64encode(CANARY.encode()).decode(),
]


@given(
    st.lists(st.sampled_from([*STREAMED, "plain words ", "\n", "x" * 700]), max_size=12),
    st.lists(st.integers(1, 3000), min_size=1, max_size=5),
)
@settings(deadline=None)
def test_a_stream_gives_what_the_whole_gives(parts: list[str], sizes: list[int]) -> None:
    redactor = Redactor([CANARY])
    text = " ".join(parts)
    assert _stream(redactor, text, sizes) == redactor(text)


def test_a_stream_lets_go_and_keeps_little() -> None:
    stream = Redactor().stream()
    assert len(stream.feed("word " * 10_000)) > 45_000
    assert len(stream.close()) <= 2048


def test_an_endless_secret_fills_no_memory() -> None:
    stream = Redactor().stream()
    out = "".join(stream.feed(text) for text in ["password=", *["x1" * 4096] * 100]) + stream.close()
    assert "x1" * 10 not in out.partition(MARK)[0]


LITERALS = st.one_of(
    st.text(max_size=12),
    st.sampled_from([*SHAPES[:4], *STREAMED, *(before + secret for before, secret, _ in IN_CONTEXT), *INNOCENT]),
)
DOCUMENTS = st.recursive(
    st.one_of(LITERALS, st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(LITERALS, st.sampled_from(["password", "token", "api_key"])), inner, max_size=4),
    ),
    max_leaves=12,
)


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in _strings(part)]
    return [text for part in value for text in _strings(part)] if isinstance(value, list) else []


@given(
    st.dictionaries(LITERALS, DOCUMENTS, max_size=4),
    st.lists(st.text(min_size=8, max_size=20)),
    st.booleans(),
)
@example({"a": 12345678}, ["12345678"], True)
@example({"a": "x\nabcdefgh"}, ["nabcdefgh"], True)
@example({"a": "é9abcdefgh"}, ["e99abcdefgh", "9abcdefgh"], True)
@example({"a": "b", "c": "d"}, ['":"b","c', '", "c": "'], True)
@example({"a": "abcdefgh\\"}, ["abcdefgh\\"], False)
@settings(deadline=None)
def test_json_stays_json_and_holds_no_secret(document: dict[str, Any], secrets: list[str], ascii_only: bool) -> None:
    redactor = Redactor(secrets)
    clean = json.loads(redactor(json.dumps(document, ensure_ascii=ascii_only)))
    known = [
        secret.strip() for secret in secrets if len(secret.strip()) >= 8 and not set(secret) <= set("0123456789.-T:Z")
    ]
    for text in _strings(clean):
        assert not any(secret in text.replace(MARK, "\0") for secret in known if not is_own_word(secret))


@given(st.text())
def test_any_text_and_what_is_clean_stays_clean(text: str) -> None:
    redactor = Redactor([CANARY])
    assert redactor(redactor(text)) == redactor(text)


FLOODS = [
    "eyJ",
    "password:",
    "token=",
    "://a:",
    "-----BEGIN PRIVATE KEY-----\n",
    'secret="',
    "gh" + "p_",
    "\\",
    "--token ",
]


@pytest.mark.parametrize("flood", FLOODS)
def test_time_grows_with_the_length_and_not_its_square(flood: str) -> None:
    """Sixteen times the text may take at most sixty times as long: its square would be 256 times."""
    redactor = Redactor()
    short, long = (_best_of_three(redactor, flood * (size // len(flood))) for size in (16_384, 262_144))
    assert long < 60 * short + 0.02


def _best_of_three(redactor: Redactor, text: str) -> float:
    times = []
    for _ in range(3):
        start = time.process_time()
        redactor(text)
        times.append(time.process_time() - start)
    return min(times)
