"""The theme chain: a theme holds only what it changes, and says what is missing."""

import pytest

from reportgen.errors import BuildError
from reportgen.site import theme


@pytest.fixture
def child(tmp_path):
    folder = tmp_path / "mine"
    (folder / "styles").mkdir(parents=True)
    (folder / "templates").mkdir()
    (folder / "theme.yml").write_text("name: mine\nextends: default\nmeta: {logo: none}\n")
    (folder / "styles" / "custom.css").write_text(":root { --series-1: #123456; }\n")
    return folder


def test_one_style_changes_one_token(child):
    style = theme.load(str(child)).style([])
    assert style.endswith(":root { --series-1: #123456; }\n\n")  # as written, and after all others


def test_a_template_may_extend_the_one_it_replaces(child):
    (child / "templates" / "index.html").write_text('<p>mine</p>{% include "default/index.html" %}')
    environment = theme.load(str(child)).environment()
    source, path, _ = environment.loader.get_source(environment, "index.html")
    assert "<p>mine</p>" in source
    assert str(child) in path
    assert "<p>mine</p>" not in environment.loader.get_source(environment, "default/index.html")[0]


def test_the_shipped_themes_load():
    assert theme.load("default").name == "default"
    paper = theme.load("paper")
    assert paper.name == "paper"
    assert [folder.name for folder in paper.folders] == ["paper", "default"]


def test_a_page_carries_a_library_only_with_a_panel_that_needs_it():
    default = theme.load("default")
    assert [library.name for library in default.needed(["scalar", "text"])] == ["uplot"]
    assert default.needed(["text", "image"]) == []


def test_a_page_carries_scripts_of_pictures_and_overlays_only_with_a_panel_that_needs_them(child):
    default = theme.load("default")
    plain = default.script(["table"])
    pictures = default.script(["table"], [("table", "pictures"), ("image", "overlays")])
    overlays = default.script(["table"], [("table", "pictures"), ("table", "overlays")])
    assert ["reportgen.viewer" in text for text in (plain, pictures)] == [False, True]
    assert ["reportgen.overlays={" in text for text in (pictures, overlays)] == [False, True]
    assert default.style(["table"]) != default.style(["table"], [("table", "pictures")])
    (child / "theme.yml").write_text("name: mine\nextends: default\nkinds: {table: {}}\n")
    mine = theme.load(str(child))
    assert mine.script(["table"], [("table", "pictures")]) == mine.script(["table"])


def test_what_a_reader_asks_for_later_is_a_script_of_its_own():
    default = theme.load("default")
    assert "columnMenu" in default.later("table")
    assert default.later("table") not in default.script(["table"])
    assert default.later("text") == ""
    assert theme.load("paper").later("table") == ""


def test_only_a_single_file_begins_with_what_stands_in_for_its_scripts(child):
    (child / "scripts").mkdir()
    (child / "scripts" / "boot.js").write_text("/* mine */ document.documentElement.classList.add('js');\n")
    mine = theme.load(str(child))
    assert mine.early(single=False) == "/* mine */ document.documentElement.classList.add('js');\n\n"
    assert mine.early(single=True).startswith(mine.early(single=False).strip())
    assert "reportgen-scripts" in mine.early(single=True)
    assert "reportgen-scripts" not in mine.script(["scalar", "image", "text"])


def test_an_unknown_theme_names_those_there_are():
    with pytest.raises(BuildError, match=r"RG421.*default, paper"):
        theme.load("nope")


def test_a_missing_file_names_the_folders_searched(child):
    with pytest.raises(BuildError, match=r"RG420.*mine.*default"):
        theme.load(str(child)).read("styles/absent.css")


@pytest.mark.parametrize("text", ["colour: red", "[1]", "name: ["])
def test_a_broken_theme_file_is_named(child, text):
    (child / "theme.yml").write_text(text)
    with pytest.raises(BuildError, match=r"RG422.*theme\.yml"):
        theme.load(str(child))


def test_themes_in_a_circle_are_refused(tmp_path):
    for name, parent in (("a", "b"), ("b", "a")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "theme.yml").write_text(f"extends: {parent}\n")
    with pytest.raises(BuildError, match="circle"):
        theme.load(str(tmp_path / "a"))


def test_a_library_goes_with_its_licence():
    default = theme.load("default")
    text = default.library(default.libraries["uplot"])
    assert text.startswith("/*!\n")
    assert "Permission is hereby granted" in text
    assert "uPlot" in text
