"""Everything that is logged may be hostile: attack strings in every text field run no script and ask for nothing.

The pages are opened with their policy and with the policy switched off, so that escaping has to hold alone, and in
Firefox too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from playwright.sync_api import Page

import reportgen as rg
from reportgen.site.build import build
from reportgen.site.options import BuildOptions
from tests.browser.conftest import Report
from tests.browser.firefox import start
from tests.browser.test_deliveries import scroll_through

HIT = "window.attacked=(window.attacked||0)+1"
ATTACKS = (
    f"<script>{HIT}</script>",
    f"</script><script>{HIT}</script>",
    f"</style></title></textarea><script>{HIT}</script>",
    f"<!--<script>{HIT}</script>-->",
    "<!--<script>",
    f"<img src=x onerror={HIT}>",
    f'"><img src=x onerror="{HIT}">',
    f"'><svg onload={HIT}>",
    f"<svg><script>{HIT}</script></svg>",
    f"<iframe srcdoc='<script>{HIT}</script>'></iframe>",
    f'" onmouseover="{HIT}" autofocus onfocus="{HIT}" x="',
    f"javascript:{HIT}",
    f"<a href='javascript:{HIT}' id=top>a</a>",
    "<img src=https://attacker.invalid/pixel.png>",
    "<link rel=stylesheet href=https://attacker.invalid/a.css>",
    "<meta http-equiv=refresh content='0;url=https://attacker.invalid/'>",
    "<base href=https://attacker.invalid/>",
    "<style>@import url(https://attacker.invalid/a.css);*{display:none}</style>",
    "url(https://attacker.invalid/a.png);background:url(https://attacker.invalid/b.png)",
    "<form action=https://attacker.invalid/><button>x</button></form>",
    "{{ 7*7 }}{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "<!--reportgen:blocks-->",
    "__proto__",
    "constructor",
    "<b>&\"'</script><!--<script>\u2028\u2029",
    "\x00\x01\x1b[31m\ufffe\u202e",
    "a" * 300 + "<b>",
    "損失/😀/../../etc/passwd",
)
MARKDOWN = (
    *ATTACKS,
    f"[link](javascript:{HIT})",
    f"[link](  java\tscript:{HIT})",
    f"[link](data:text/html,<script>{HIT}</script>)",
    "![picture](https://attacker.invalid/pixel.png)",
    "![picture][r]\n\n[r]: https://attacker.invalid/pixel.png",
    f'<a href="&#106;avascript:{HIT}">x</a>',
    f"`</code><script>{HIT}</script>`",
    f"```\n</code></pre><script>{HIT}</script>\n```",
    f"| a |\n|---|\n| <img src=x onerror={HIT}> |",
    f'<math><mtext><table><mglyph><style><img src=x onerror="{HIT}">',
    "<div id=reportgen-page>x</div><form id=page-overview><input name=children></form>",
)


@pytest.fixture(scope="module")
def hostile_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs with an attack in every text field that the logger takes, and in fields that only a forger writes."""
    folder = tmp_path_factory.mktemp("hostile")
    for i, attack in enumerate(ATTACKS):
        config = {attack: attack, "nested": {attack: [attack, {attack: attack}]}}
        with rg.init(
            dir=folder,
            project="hostile",
            id=f"run-{i}",
            name=attack,
            group=attack,
            job_type=attack,
            tags=[attack, "ok"],
            notes="\n\n".join(MARKDOWN),
            config=config,
            system_metrics=False,
        ) as run:
            for step in range(3):
                run.log({attack: step / 2, "loss": 1 / (step + 1), f"section {attack}/value": step})
                run.log({"text": attack, f"text {attack}": attack, "list": [attack, 1]})
                image = rg.Image(np.full((4, 6), 40 * step, np.uint8), caption=attack)
                run.log({"image": image})
                rows = [[attack, image, [attack], {attack: attack}]] * (step + 1)
                run.log({f"table {attack}": rg.Table([attack, "image", "list", "map"], rows)})
                named = go.Scatter(x=[attack, "b"], y=[1, 2], name=attack)
                run.log({"figure": go.Figure(named, layout={"title": attack, "xaxis": {"title": attack}})})
                run.log({f"counted {attack}": rg.Histogram([1, 2, step])})
            run.summary[attack] = attack
            run.summary["number"] = i
    _forge(folder / "hostile" / "run-0")
    return folder


def _forge(run: Path) -> None:
    """Rows and metadata that no logger of ours would write."""
    facts = json.loads((run / "run.json").read_text(encoding="utf-8"))
    facts["environment"] |= {attack: attack for attack in ATTACKS}
    facts["error"] = {"type": ATTACKS[0], "message": ATTACKS[1], "step": ATTACKS[5]}
    facts["created"] = ATTACKS[6]
    facts["writer"] = ATTACKS[7]
    (run / "run.json").write_text(json.dumps(facts), encoding="utf-8")
    lines = [
        {
            "_step": 10 + i,
            "_runtime": 1.0 + i,
            "forged": {"_type": attack, attack: attack},
            f"kind {i}": {"_type": attack},
        }
        for i, attack in enumerate(ATTACKS)
    ]
    lines.append(
        {"_step": 90, "_runtime": 90.0, "image": {"_type": "image", "file": ATTACKS[6], "width": 1, "height": 1}}
    )
    with (run / "history.jsonl").open("a", encoding="utf-8") as history:
        history.writelines(json.dumps(line) + "\n" for line in lines)


@pytest.fixture(scope="module", params=["folder", "single"])
def hostile(
    request: pytest.FixtureRequest, hostile_runs: Path, opened: Callable[[Path, str], Report], tmp_path_factory
) -> Report:
    folder = tmp_path_factory.mktemp("built")
    options = BuildOptions(
        output=str(folder / ("report.html" if request.param == "single" else "site")),
        single_file=request.param == "single",
        title="".join(ATTACKS[:6]),
        description="\n\n".join(MARKDOWN),
    )
    return opened(build([hostile_runs], options).path, "file")


PAGES = ("overview", 0, 1, 10, 20, 26)
"""The overview, the forged run, and some others."""


def unhurt(page: Page) -> None:
    """Touch everything that reacts to a pointer, then look for what an attack would have left."""
    scroll_through(page)
    page.evaluate("""() => {
        for (const element of document.querySelectorAll('.page *'))
            for (const type of ['mouseover', 'mouseenter', 'focus', 'pointerover'])
                element.dispatchEvent(new MouseEvent(type, {bubbles: type !== 'focus'}));
    }""")
    page.wait_for_timeout(100)
    assert page.evaluate("window.attacked ?? 0") == 0
    handlers = (
        "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on/i.test(a.name))).length"
    )
    assert page.evaluate(handlers) == 0
    assert page.evaluate("document.querySelectorAll('iframe, object, embed, base, form').length") == 0
    foreign = "[...document.querySelectorAll('[href], [src]')].map(e => e.href || e.src)" + (
        ".filter(a => /^(javascript|vbscript|data:text)/i.test(String(a).trim())).length"
    )
    assert page.evaluate(foreign) == 0
    assert page.evaluate("document.querySelectorAll('#reportgen-page').length") == 1


@pytest.mark.parametrize("policy", [True, False], ids=["policy", "no-policy"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_and_nothing_is_asked_for(
    hostile: Report, new_page: Callable[..., Page], name: str | int, policy: bool
) -> None:
    page = new_page(hostile, bypass_csp=not policy)
    if name != "overview":
        page.goto(hostile.run_url(name))
    unhurt(page)


def test_texts_are_shown_as_they_were_logged(hostile: Report, new_page: Callable[..., Page]) -> None:
    page = new_page(hostile)
    shown = page.locator("body").text_content() or ""
    for attack in ATTACKS[:9]:
        assert attack in shown


def test_firefox_is_as_unhurt(hostile: Report) -> None:
    with start() as firefox:
        for name in PAGES:
            firefox.open(hostile.url if name == "overview" else hostile.run_url(name))
            firefox.wait_for("document.readyState === 'complete'")
            assert firefox.evaluate("window.attacked ?? 0") == 0
            assert firefox.errors == []
            assert [url for url in firefox.requests if "attacker" in url] == []
