"""Text of any language: shapes, line breaks and directions are those of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from tests.browser import logged
from tests.rundir.directories import write_run

Built = Callable[..., Path]
NewPage = Callable[..., Page]

LONG = {"ja": "基準モデルの長い名前" * 12, "ko": "기준 모델 긴 이름 " * 12, "zh": "基线模型很长的实验名称验证" * 12}
ARABIC = "نموذج أساسي عرض 64 (baseline)"


def write(folder: Path, name: str, words: str) -> None:
    """A run with some words in every place."""
    rows = logged.rows({f"{words[:12]}/{words}": [1.0, 0.5], "loss": [1.0, 0.5]})
    rows[1] |= {"said": words, "image": logged.picture(folder / name, 90, 60, 80, caption=words)}
    facts = {"id": name, "name": words, "notes": f"{words}\n\n- {words}\n\nplain words", "tags": [words[:20], words]}
    config = json.dumps({words: words, "nested": {words: [words]}, name: 1}).encode()
    write_run(folder / name, rows, run=facts | {"group": words}, config=config)


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A folder with two runs in one language."""

    def make(language: str) -> Path:
        folder = tmp_path_factory.mktemp(language)
        for name in ("one", "two"):
            write(folder, name, LONG.get(language, ARABIC))
        return folder

    return make


@pytest.mark.parametrize("language", ["ja", "ko", "zh"])
def test_long_words_stay_in_the_window(
    built: Built, new_page: NewPage, spoken: Callable[[str], Path], language: str
) -> None:
    site = built(spoken(language))
    for screen, width in (("phone", 390), ("desktop", 1440)):
        for address in (site.as_uri(), (site.parent / "runs" / "one.html").as_uri()):
            page = new_page(site, screen=screen)
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.locator("html").get_attribute("lang") == "en"  # the words of the interface
            assert page.locator("html").get_attribute("data-cjk") == language
    notes = page.locator(".prose")
    assert notes.get_attribute("lang") == page.locator("[data-text]").get_attribute("lang") == language
    broken = notes.evaluate("e => getComputedStyle(e).wordBreak")
    assert broken == ("keep-all" if language == "ko" else "normal")
    faces = page.locator("h1").evaluate("e => getComputedStyle(e).fontFamily")
    order = sorted(("JP", "KR", "SC"), key=lambda face: faces.index(f"Noto Sans CJK {face}"))
    assert order[0] == {"ja": "JP", "ko": "KR", "zh": "SC"}[language]


def test_words_from_right_to_left_do_not_turn_what_is_around_them(
    built: Built, new_page: NewPage, spoken: Callable[[str], Path]
) -> None:
    site = built(spoken("ar"))
    page = logged.open_run(new_page, site, "one")
    assert page.locator("html").get_attribute("data-cjk") is None
    for text in (page.locator("h1"), page.locator(".prose p").first, page.locator("[data-text]")):
        assert first(text, "baseline") < first(text, "نموذج")  # the line begins at the right
    prose = page.locator(".prose").bounding_box()
    dot = page.locator(".prose li").bounding_box()
    assert prose is not None
    assert dot is not None
    assert dot["x"] + dot["width"] < prose["x"] + prose["width"]  # its mark stands at the right
    title, state = page.locator("h1").bounding_box(), page.locator(".title-line .state").bounding_box()
    assert title is not None
    assert state is not None
    assert title["x"] < state["x"]
    assert page.locator(".prose p").last.evaluate("e => getComputedStyle(e).unicodeBidi") == "plaintext"


def first(place: Locator, word: str) -> float:
    """Where a word begins, from the left edge of the window."""
    return place.evaluate(
        """(place, word) => {
            const walk = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
            for (let node; (node = walk.nextNode());) {
                const at = node.data.indexOf(word);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + word.length);
                return range.getBoundingClientRect().left;
            }
            return NaN;
        }""",
        word,
    )
