"""Secrets by shape: what looks like a token, a key, a hook or a password, whoever it belongs to.

Each shape has needles, plain texts that are found fast, and a pattern that is tried only where a needle lies,
so that a text without any costs next to nothing. No pattern eats a quote, a brace or half an escape of JSON;
none looks further than it eats, or only a bounded way: that keeps it linear.
"""

from typing import NamedTuple

from .pairs import ESCAPE, KEYWORD, SUFFIX, VALUE


class Shape(NamedTuple):
    """`pattern` is matched at a needle; group 1 is the secret, or all of it without groups.

    `hint`, a looser pattern, rules needles out that lie in ordinary text.
    """

    needles: tuple[str, ...]
    pattern: str
    hint: str | None = None


class Family(NamedTuple):
    """Shapes to be looked for only where the pattern or text `gate` is found: one search in place of many.

    Letters count alike in both cases where it is `folded`; gate and needles are in lower case then.
    """

    gate: str
    shapes: tuple[Shape, ...]
    folded: bool = False


# A letter of an escape such as \n is no part of the word behind it.
_WORD_START = r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrtbf]))"
_WORD = r"[A-Za-z0-9_-]"
_LINE_END = r"(?:\s|\\+[nr])"
_PEM_LABEL = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"

PAIR = Shape(
    ("passw", "passphrase", "secret", "credential", "token", "key"),
    rf"{KEYWORD}{SUFFIX}\\*[\"']?\s{{0,4}}(=>?|:|(?<=\s))\s{{0,4}}"
    rf"(?:(?<!\\)\"((?:[^\"\\\r\n]|\\.)+)|\\*[\"']([^\"'\\\r\n]+)|({VALUE}{{1,64}}|{ESCAPE}))",
    hint=rf"{KEYWORD}{SUFFIX}\\*[\"']?\s{{0,4}}(?:(?<=\s)|[=:])"
    r"(?!\s{0,4}(?:\d{1,19}[\s,}\]]|null|true|false|[{\[]))",
)

FAMILIES = (
    Family(
        "_[A-Za-z0-9+/=-]{16}",
        (
            Shape(("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), rf"gh[pousr]_[A-Za-z0-9_]{{16,}}(?:\.{_WORD}+)*"),
            Shape(("github_pat_",), r"github_pat_[A-Za-z0-9_]{16,}"),
            Shape(("nfp_", "nfc_", "nfo_", "nfu_", "nfb_"), rf"nf[pcoub]_{_WORD}{{16,}}"),
            Shape(("npm_",), r"npm_[A-Za-z0-9]{30,}"),
            Shape(("k_live_", "k_test_"), r"k_(?:live|test)_([A-Za-z0-9]{16,})"),
            Shape(("whsec_",), r"whsec_[A-Za-z0-9+/=]{16,}"),
        ),
    ),
    Family(
        "-[A-Za-z0-9_]{10}",
        (
            Shape(("glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "gloas-"), rf"gl[a-z]{{2,5}}-{_WORD}{{16,}}"),
            Shape(("xox", "xapp-"), r"(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,}"),
        ),
    ),
    Family(
        "A[KSI][Iz]",
        (
            Shape(("AKIA", "ASIA"), r"A[KS]IA[A-Z0-9]{16}(?![A-Z0-9])"),
            Shape(("AIza",), rf"AIza{_WORD}{{35}}"),
        ),
    ),
    Family(
        "hooks",
        (
            Shape(("hooks.slack.com/",), r"hooks\.slack\.com/[a-z]{1,16}/([A-Za-z0-9_/+=-]{8,})"),
            Shape(("/api/webhooks/",), rf"/api/webhooks/([0-9]+/{_WORD}+)"),
            Shape(("/build_hooks/",), rf"/build_hooks/({_WORD}{{8,}})"),
        ),
    ),
    Family("eyJ", (Shape(("eyJ",), rf"{_WORD_START}eyJ{_WORD}{{8,}}\.{_WORD}{{8,}}(?:\.{_WORD}*)?"),)),
    Family(
        "-----BEGIN ",
        (
            Shape(
                ("-----BEGIN ",),
                rf"-----BEGIN {_PEM_LABEL}(?:(?:[^-\"\\{{}}]|-(?!----)|\\+[nr])*-----END {_PEM_LABEL}"
                rf"|(?:{_LINE_END}+[A-Za-z0-9+/=]{{16,}})*)",
            ),
        ),
    ),
    Family(
        "://",
        (
            Shape(
                ("://",),
                r"://[^\s/?#@\"'\\:,{}<>]{0,256}:([^\s/?#\"'\\,{}<>]{1,512})@",
                hint=r"://[^\s/?#\"]{1,2048}@",
            ),
            Shape(("://",), rf"://({_WORD}{{20,256}})@", hint=r"://[^\s/?#\"]{20,256}@"),
        ),
    ),
    Family(
        "authorization",
        (
            Shape(
                ("authorization",),
                r"authorization\\*[\"']?\s{0,4}[:=]\s{0,4}\\*[\"']?(?:[a-z]{1,16}\s{1,4})?"
                rf"((?:{VALUE}|{ESCAPE}){{6,}})",
            ),
        ),
        folded=True,
    ),
    Family("bearer ", (Shape(("bearer ",), r"bearer\s{1,4}([A-Za-z0-9._~+/=-]{16,})"),), folded=True),
    Family(
        "cookie",
        (Shape(("cookie",), r"cookie\\*[\"']?:\s{0,4}\\*[\"']?([^\s=\"'\\,{}]{1,256}=[^\"'\\\r\n,{}]+)"),),
        folded=True,
    ),
    *(Family(needle, (PAIR._replace(needles=(needle,)),), folded=True) for needle in PAIR.needles),
)
