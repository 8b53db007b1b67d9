"""Names as a reader sees them: what cannot be seen is written out, and none turns the words around it."""

from __future__ import annotations

import unicodedata

TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the direction of what follows them, also behind the end of the name."""

LINES = ("Cc", "Zl", "Zp")
"""Categories of characters that are no glyphs: control characters and ends of lines."""


def visible(text: str) -> str:
    r"""A key or a name on a page: `a b`; “ ” for a blank one; `a\u202eb` where a character would not be seen.

    Args:
        text: As it was logged.
    """
    shown = "".join(
        f"\\u{ord(c):04x}" if c in TURNING or unicodedata.category(c) in LINES or c == "\ufeff" else c for c in text
    )
    return shown if shown.strip() else f"“{shown}”"
