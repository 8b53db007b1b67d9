"""Takes secrets and absolute paths out of what a run tells about itself.

A value is a secret by its name (`api_key`, `password`) or by its look (`sk-…`, `ghp_…`). Words that training
scripts are full of, such as `use_cls_token=True` or `tokenizer=bert`, are not.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

REDACTED: Final = "[redacted]"

# Patterns are texts here, which `re` compiles when they are first used, and keeps: compiling all of them would take
# longer than the rest of `init`, and most runs use few.
_WORD: Final = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+"
_ALWAYS: Final = frozenset(
    {"password", "passwd", "pwd", "passphrase", "passcode", "secret", "secrets", "credential", "credentials"}
    | {"apikey", "accesskey", "secretkey", "privatekey", "authtoken", "accesstoken", "apitoken", "bearer"}
)
_KEY_OF: Final = frozenset(
    {"api", "access", "secret", "private", "auth", "ssh", "encryption", "signing", "license", "account", "deploy"}
    | {"wandb", "comet", "neptune", "openai", "anthropic", "aws", "azure", "gcp", "storage", "service", "ssl", "tls"}
)
_TOKEN_OF: Final = frozenset(
    {"api", "access", "auth", "bearer", "refresh", "session", "id", "security", "secret", "private", "personal"}
    | {"hf", "hub", "huggingface", "github", "gh", "gitlab", "slack", "telegram", "bot", "wandb", "jwt", "oauth"}
    | {"csrf", "login", "deploy", "aws", "azure", "openai", "neptune", "comet", "discord", "user", "hugging", "face"}
)
_STARTS: Final = (
    *("sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "hf_", "AKIA", "ASIA", "xox", "AIza"),
    *("ya29.", "npm_", "pypi-", "r8_", "wandb_v1_", "k_live_", "k_test_", "eyJ"),
)
"""What `_LOOKS` finds holds one of these."""
_LOOKS: Final = r"""(?x)\b(?:
      sk-(?:ant-|proj-)?[A-Za-z0-9_-]{16,}
    | gh[pousr]_[A-Za-z0-9]{20,}
    | github_pat_[A-Za-z0-9_]{20,}
    | glpat-[A-Za-z0-9_-]{16,}
    | hf_[A-Za-z0-9]{16,}
    | (?:AKIA|ASIA)[A-Z0-9]{16}
    | xox[abeoprs]-[A-Za-z0-9-]{10,}
    | AIza[A-Za-z0-9_-]{30,}
    | ya29\.[A-Za-z0-9_-]{20,}
    | npm_[A-Za-z0-9]{30,}
    | pypi-[A-Za-z0-9_-]{30,}
    | r8_[A-Za-z0-9]{30,}
    | wandb_v1_[A-Za-z0-9_]{20,}
    | (?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}
    | eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*
    )"""
_PRIVATE_KEY: Final = r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*"
_LOGIN: Final = r"(?<=://)[^/\s:@]*:[^/\s]+(?=@)|(?<=://)[^/\s:@]{20,}(?=@)"
_BEARER: Final = r"(?i)\b(bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{16,}"
_NAMED: Final = r"""(?x)(?<![\w.-])(?=[\w.-]*(?i:pass|pw|secret|credential|key|token|auth|pat|bearer))(?P<name>[\w.-]++)
    (?P<sign>(?:\\*["']|\\+u002[27])?[ ]{0,3}[=:][ ]{0,3})"""
"""`name=`, `name: `, `"name": `, and the same in JSON within JSON, where the name may be one of a secret."""
_OPENING: Final = r"""\\*["']|\\+u002[27]"""
_QUOTES: Final = {sign: rf"(?<!\\)\\*+{sign}" for sign in "\"'"}
_BARE: Final = r"""[^\s,;&'"]+"""
_ENTRY: Final = r"""\s{0,80}([^\s,;&'"\[\]\\]{0,512})\s{0,80}(,|\]|$)"""
_MAPPING: Final = r"""\{\s*(?:\\*["']|\\+u002[27]|\}|$)"""
_ESCAPE: Final = r"u002[27]|[bfnrt]"
_QUERY: Final = r"""(?x)(?P<name>[?&](?:
    (?=[\w.-]*(?i:token|secret|passw|pwd|signature|credential|api[_-]?key|access[_-]?key))[\w.-]++
    |(?i:sig|key|auth|pass|pw)))=(?P<value>[^&\#\s'"]+)"""
_ARGUMENT: Final = r"(?s)(-{0,2}[\w.-]+)=(.+)"
_AMOUNT: Final = r"[\d._,+-]+(?:e[+-]?\d+)?[kKmMbBtT]?|(?i:true|false|none|null)"
_PASS_OF: Final = frozenset(
    {"db", "database", "user", "mysql", "postgres", "redis", "smtp", "ftp", "login", "admin", "root"}
)
_HEX: Final = r"[0-9a-fA-F]{32,}"
_ABSOLUTE: Final = (
    r"(?P<address>\b(?!file:)[A-Za-z][\w+.-]+://\S*)"
    r"|(?<![\w.…~/\\-])(?!(?<=<)/[\w:.-]+\s*>)(?:file://)?(?:/|~[\w.-]*/|[A-Za-z]:[\\/]|\\\\)[^\s,;:'\"=]+"
)


def is_secret(name: str, value: object) -> bool:
    """Whether the value that goes by a name is to be hidden.

    Args:
        name: A key or an option: `"api_key"`, `"--hfToken"`.
        value: What it holds. None, flags and empty text hide nothing, and numbers only behind a password.
    """
    words = [word.lower() for word in re.findall(_WORD, name)]
    if value is None or isinstance(value, bool) or value == "" or not words:
        return False
    if _is_always(name):
        return not words[-1].startswith(("name", "path", "file", "dir", "prompt", "len", "count", "num"))
    if not isinstance(value, str) or value == REDACTED:
        return False
    last, before = words[-1], set(words[:-1])
    if last in ("pass", "pw"):
        return (not before or last == "pw" or bool(before & _PASS_OF)) and not re.fullmatch(_AMOUNT, value)
    if last == "auth":
        return (":" in value and "://" not in value) or _looks_random(value)
    if last in ("key", "keys"):
        return bool(before & _KEY_OF) or bool(re.fullmatch(_HEX, value)) or _looks_random(value)
    if last in ("token", "tokens", "pat"):
        # "<s>", "[CLS]" and "</s>" are tokens too, of the innocent kind.
        if last == "tokens" and re.fullmatch(_AMOUNT, value):
            return False
        mixed = last != "tokens" and re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
        plain = value[0] not in "<[|{" and (len(value) >= 6 or bool(mixed))
        return plain and (not before or bool(before & _TOKEN_OF) or _looks_random(value))
    return False


def _is_always(name: str) -> bool:
    words = [word.lower() for word in re.findall(_WORD, name)]
    return bool(_ALWAYS.intersection(words) or _ALWAYS.intersection(a + b for a, b in itertools.pairwise(words)))


def text(value: str) -> str:
    """A text with everything taken out that looks like a secret."""
    if any(start in value for start in _STARTS):
        value = re.sub(_LOOKS, REDACTED, value)
    if "PRIVATE KEY" in value:
        value = re.sub(_PRIVATE_KEY, REDACTED, value)
    if "://" in value:
        value = re.sub(_LOGIN, REDACTED, value)
    if len(value.split(None, 1)) > 1:
        value = re.sub(_BEARER, lambda found: f"{found[1]} {REDACTED}", value)
    if "=" in value:
        value = re.sub(_QUERY, _asked, value) if "?" in value or "&" in value else value
    return _assignments(value) if "=" in value or ":" in value else value


def _asked(found: re.Match[str]) -> str:
    return found[0] if re.fullmatch(_AMOUNT, found["value"]) else f"{found['name']}={REDACTED}"


def _assignments(text: str) -> str:
    """A text with the secrets hidden that it assigns to names: `password=x`, `{"password": "x"}`."""
    pieces: list[str] = []
    kept = at = 0
    named = re.compile(_NAMED)
    while found := named.search(text, at):
        spans, end, at = _values(text, found.end())
        for begin, stop in spans:
            if _is_assigned(found, text[begin:stop]):
                pieces += text[kept:begin], REDACTED
                kept, at = stop, end
    return "".join([*pieces, text[kept:]])


def _is_assigned(found: re.Match[str], value: str) -> bool:
    name, names = found["name"], {found["name"]}
    if (
        found.start() and found.string[found.start() - 1] == "\\"
    ):  # what looks like its first letter may be a line's end
        names.add(re.sub(_ESCAPE, "", name, count=1) if re.match(_ESCAPE, name) else name)
    prose = found["sign"] == ": "  # "unexpected token: letter" is a sentence
    return any(
        is_secret(name, value) and (not prose or _is_always(name) or bool(re.search(r"\d", value))) for name in names
    )


def _values(text: str, at: int) -> tuple[list[tuple[int, int]], int, int]:
    """Where the values stand that are given at a place, without their quotes.

    Also where to look on if one of them is a secret, and where if none is: other names may be given inside of quotes.
    """
    opened = re.compile(_OPENING).match(text, at)
    if opened is not None:
        span, end = _string(text, opened)
        return [span], end, at
    if text.startswith(REDACTED, at) or re.compile(_MAPPING).match(text, at):
        return [], at, at
    if text.startswith("[", at):
        return *_entries(text, at + 1), at
    bare = re.compile(_BARE).match(text, at)
    return ([bare.span()], bare.end(), bare.end()) if bare else ([], at, at)


def _entries(text: str, at: int) -> tuple[list[tuple[int, int]], int]:
    """The values of a list, from behind its bracket."""
    spans: list[tuple[int, int]] = []
    while True:
        opened = re.compile(_OPENING).match(text, at)
        if opened is not None:
            span, at = _string(text, opened)
            spans.append(span)
        entry = re.compile(_ENTRY).match(text, at)
        if entry is None:
            return spans, at
        spans += [entry.span(1)] if entry[1] else []
        at = entry.end()
        if entry[2] != ",":
            return spans, at
        at += text.startswith(" ", at)


def _string(text: str, opened: re.Match[str]) -> tuple[tuple[int, int], int]:
    """Where the text between two quotes stands, and where the second quote ends. A text that is cut off ends its line.

    The quotes may be escaped, in JSON within JSON. Each level of JSON writes one backslash more before a quote and
    doubles those that are there: a quote that has n of them ends what one with n began, and so does one with 2 (n + 1)
    more, for each backslash at the end of the text.
    """
    begin, sign = opened.end(), opened[0]
    pattern = _QUOTES.get(sign[-1])
    if pattern is None:
        end = text.find(sign, begin)
        if end >= 0:
            return (begin, end), end + len(sign)
    else:
        whole = 2 * len(sign)
        for quote in re.compile(pattern).finditer(text, begin):
            escapes = len(quote[0])
            if escapes % whole:  # else it is a quote inside of the text
                closes = escapes % whole == len(sign)
                return (begin, quote.end() - len(sign) if closes else quote.start()), quote.end()
    line = re.compile(r"\n|$").search(text, begin)
    end = line.start() if line else len(text)
    return (begin, end), end


def assigned(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was assigned to a summary, with secrets hidden as `mapping` does. Numbers there are results, and stay."""
    return {key: item if isinstance(item, (int, float)) else mapping({key: item})[key] for key, item in values.items()}


def mapping(values: Mapping[str, Any]) -> dict[str, Any]:
    """A nested mapping with secret values hidden; the given one is not changed."""
    return {
        key: REDACTED if is_secret(key, item) and not isinstance(item, (dict, list)) else _value(item, key)
        for key, item in values.items()
    }


def _value(item: Any, key: str) -> Any:
    if isinstance(item, str):
        return text(item)
    if type(item) is dict:  # records are more than that
        return mapping(item)
    if isinstance(item, list):
        return [REDACTED if is_secret(key, inner) else _value(inner, key) for inner in item]
    return item


def arguments(words: Sequence[str]) -> list[str]:
    """The words of a command line with secret values hidden: `--api-key x`, `--api-key=x`, `api_key=x`."""
    hidden: list[str] = []
    option = ""
    for word in words:
        given = re.fullmatch(_ARGUMENT, word) if "=" in word else None
        if option and _follows(option, word) and is_secret(option, word):
            hidden.append(REDACTED)
        elif given is not None and is_secret(given[1], given[2]):  # the whole rest, blanks and all
            hidden.append(f"{given[1]}={REDACTED}")
        else:
            hidden.append(text(word))
        option = word if word.startswith("-") and "=" not in word else ""
    return hidden


def _follows(option: str, word: str) -> bool:
    """Whether a word is the value of the option before it, rather than the next option."""
    return not word.startswith("-") or (len(word) > 2 and not word.startswith("--") and _is_always(option))


def paths(word: str, folder: str) -> str:
    """A word of a command line with absolute paths shortened.

    Paths below a folder become relative to it; of others only the last part is kept, behind `…/`.

    Args:
        word: For example `"--data=/home/ada/sets/digits"`, which becomes `"--data=…/digits"`.
        folder: The working directory.
    """
    if "/" not in word and "\\" not in word:
        return word
    return re.sub(_ABSOLUTE, lambda found: found["address"] or _short(found[0], folder), word)


def _short(path: str, folder: str) -> str:
    path = path.removeprefix("file://")
    if path.rstrip("/") == folder.rstrip("/"):
        return "."
    if len(folder) > 1 and path.startswith(folder.rstrip("/") + "/"):
        return path[len(folder.rstrip("/")) + 1 :]
    name = Path(path.replace("\\", "/")).name
    return f"…/{name}" if name else path


def _looks_random(value: str) -> bool:
    """Whether a text is long, mixes digits and letters and repeats itself little, as tokens do."""
    if len(value) < 20 or not re.fullmatch(r"[A-Za-z0-9_+/=.-]+", value):
        return False
    if not (re.search(r"\d", value) and re.search(r"[A-Za-z]", value)):
        return False
    counts = Counter(value)
    bits = -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
    return bits > 3.5
