"""Markdown to HTML that is safe to show: rendered, then cut down to a strict list of harmless elements."""

from __future__ import annotations

import re

import markdown
import nh3
from markupsafe import Markup

TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "code",
        "dd",
        "del",
        "dl",
        "dt",
        "em",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
"""What notes may contain. Headings begin below the page's own; pictures and everything with a script are out."""

ATTRIBUTES = {"a": {"href", "title"}, "abbr": {"title"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}}
SCHEMES = frozenset({"http", "https", "mailto"})

_PICTURE = re.compile(r"!\[([^\]\n]*)\]\(\s*<?([^)\s>]+)>?[^)]*\)")
_HEADING = re.compile(r"<(/?)h([1-6])>")


def render(text: str) -> Markup:
    """Markdown (with tables, fenced code and lists that need no blank line) as sanitised HTML.

    Raw HTML passes only as far as the list of elements allows. Pictures would make a page ask the network, so a
    picture becomes a link to its address. `# Headings` start two levels down, below the page's own.

    Args:
        text: What a user wrote; "" gives an empty result.
    """
    if not text.strip():
        return Markup()
    linked = _PICTURE.sub(lambda m: f"[{m[1] or m[2]}]({m[2]})", text)
    html = markdown.markdown(linked, extensions=["tables", "fenced_code", "sane_lists"], output_format="html")
    lowered = _HEADING.sub(lambda m: f"<{m[1]}h{min(6, int(m[2]) + 2)}>", html)
    return Markup(
        nh3.clean(
            lowered,
            tags=set(TAGS),
            attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
            url_schemes=set(SCHEMES),
            link_rel="noopener noreferrer",
        )
    )
