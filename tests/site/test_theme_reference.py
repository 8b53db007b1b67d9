"""`themes/README.md` and the default theme say the same of templates as the code."""

import re
from dataclasses import fields, is_dataclass

import pytest

from reportgen.site import context, theme_reference
from tests.conftest import ROOT

README = ROOT / "themes" / "README.md"
DEFAULT = ROOT / "themes" / "default"

UNSEEN = {
    "RunRow.id": "the address and the name say which run it is",
    "Spark.key": "the column head names it",
    "Site.meta": "for themes of users",
}
"""Fields that the default theme leaves out, and why."""


def test_the_readme_lists_what_templates_receive():
    text = README.read_text(encoding="utf-8")
    written = text.split(theme_reference.BEGIN)[1].split(theme_reference.END)[0].strip()
    assert written == theme_reference.reference().strip(), "run: python -m reportgen.site.theme_reference"


def test_every_field_has_a_description():
    rows = [line for line in theme_reference.reference().splitlines() if line.startswith("| `")]
    bare = [row for row in rows if row.endswith("|  |")]
    # the words over their table tell these
    assert {re.match(r"\| `(\w+)`", row)[1] for row in bare} <= {
        "at", "text", "sign", "run", "name", "colour", "dash", "d", "marks",
    }  # fmt: skip
    assert len(rows) > 80


def test_rewriting_changes_the_section_and_nothing_else(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(
        f"before\n{theme_reference.BEGIN}\nstale words\n{theme_reference.END}\nafter é\n", encoding="utf-8"
    )
    assert theme_reference.rewrite(readme)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("\nafter é\n")
    assert "stale words" not in text
    assert "OverviewPage" in text
    assert not theme_reference.rewrite(readme)


CLASSES = [c for c in vars(context).values() if is_dataclass(c) and c.__module__ == context.__name__]


@pytest.mark.parametrize("cls", CLASSES)
def test_the_default_theme_shows_every_field(cls):
    templates = "".join(path.read_text(encoding="utf-8") for path in sorted(DEFAULT.rglob("*.html")))
    words = set(re.findall(r"\.(\w+)", templates))
    words |= set(re.findall(r'(?:attribute=|selectattr\(|rejectattr\()"(\w+)"', templates))
    words |= {"description", "template"}  # base.html has the description by its own name
    missing = {f"{cls.__name__}.{f.name}" for f in fields(cls) if f.name not in words}
    assert missing <= set(UNSEEN)


def test_the_readme_names_every_block():
    text = README.read_text(encoding="utf-8")
    for path in sorted(DEFAULT.glob("templates/[a-z]*.html")):
        for block in re.findall(r"{% block (\w+) %}", path.read_text(encoding="utf-8")):
            assert f"`{block}`" in text, f"{path.name} has a block {block!r}"
