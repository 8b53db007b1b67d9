"""Markdown becomes harmless HTML: nothing runs, nothing is fetched."""

import pytest

from reportgen.site.prose import render


def test_markdown_is_rendered_below_the_pages_own_headings():
    html = render("# Finding\n\nLoss **halves**, see `lr`.\n\n- a\n- b\n\n| x | y |\n|---|--:|\n| 1 | 2 |\n")
    assert "<h3>Finding</h3>" in html
    assert "<strong>halves</strong>" in html
    assert "<code>lr</code>" in html
    assert "<li>a</li>" in html
    assert "<table>" in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        '<a href="jAvAsCrIpT:alert(1)">x</a>',
        '<iframe src="https://example.org"></iframe>',
        "<style>*{display:none}</style>",
        '<div id="reportgen-page" name="x" style="background:url(//e)">x</div>',
        "<svg><script>alert(1)</script></svg>",
        '<form action="https://example.org"><input></form>',
        "![remote](https://example.org/pixel.png)",
        "![ref][1]\n\n[1]: https://example.org/pixel.png",
        "<b onclick=alert(1)>x</b>",
        "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)></style></math>",
    ],
)
def test_nothing_runs_and_nothing_is_fetched(text):
    html = str(render(text)).lower()
    for bad in (
        "<script",
        "<img",
        "<iframe",
        "<style",
        "<svg",
        "<form",
        "javascript:",
        "onerror=",
        "onclick=",
        "id=",
        "style=",
    ):
        assert bad not in html.replace("&lt;", " ")


def test_a_picture_becomes_a_link_and_links_do_not_leak_the_report():
    html = render("![loss curve](https://example.org/a.png)")
    assert '<a href="https://example.org/a.png" rel="noopener noreferrer">loss curve</a>' in html


def test_no_text_gives_nothing():
    assert render("") == render("  \n") == ""
