"""Documents: a policy that covers every script, links that work from every page."""

import base64
import gzip
import hashlib
import html
import re

import pytest

from reportgen.errors import BuildError
from reportgen.site.build import build
from reportgen.site.options import BuildOptions
from tests.site.conftest import manifest


@pytest.fixture
def site(tmp_path, log_run, pictures, runs_root):
    log_run(name="a", extra=[{"img": pictures}])
    log_run(name="b")

    def make(name="out", **values):
        return build([runs_root], BuildOptions().with_values({"output": str(tmp_path / name), **values}, "test")).path

    return make


@pytest.mark.parametrize("single", [False, True])
def test_the_policy_lists_each_inline_script_and_nothing_evaluates_text(site, single):
    text = site("r.html" if single else "out", single_file=single).read_text()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    assert "unsafe-eval" not in policy
    assert "default-src 'none'" in policy.replace("&#39;", "'")
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert re.findall(r"'(sha256-[^']+)'", html.unescape(policy)) == [f"sha256-{digest}"]


def test_a_single_file_packs_its_scripts_before_its_blocks(site):
    text = site("r.html", single_file=True).read_text()
    packed = re.search(r'<script type="text/plain" id="reportgen-scripts">([^<]+)</script>', text)
    folder = site().parent
    whole = gzip.decompress(base64.b64decode(packed[1])).decode()
    for page in folder.rglob("*.html"):
        name = re.search(r'<script src="(?:\.\./)?([^"]+)" defer', page.read_text())[1]
        for line in (folder / name).read_text().splitlines():
            assert line in whole
    assert text.index('id="reportgen-page"') < packed.start() < text.index('id="b0"')


def test_a_page_carries_only_what_its_kinds_need(site):
    index = site()
    overview, with_images = index.read_text(), next(index.parent.glob("runs/a*.html")).read_text()
    script = re.search(r'src="(assets/[^"]+\.js)"', overview)[1]
    other = re.search(r'src="\.\./(assets/[^"]+\.js)"', with_images)[1]
    assert script != other
    assert 'reportgen.panel("image"' not in (index.parent / script).read_text().replace("'", '"')


def test_a_run_page_points_up_and_to_its_own_files(site):
    page = next(site().parent.glob("runs/a*.html"))
    text = page.read_text()
    assert manifest(text)["root"] == "../"
    for address in re.findall(r'(?:src|href)="([^"#:]+)"', text):
        assert (page.parent / address).resolve().exists(), address


def test_a_single_file_has_no_address_outside_itself(site):
    text = site("r.html", single_file=True).read_text()
    assert not re.findall(r'<(?:script|link|img)[^>]+(?: src| href)="(?!data:|#)[^"]+"', text)


def test_a_missing_template_names_the_chain_it_searched(site, tmp_path):
    theme = tmp_path / "broken"
    (theme / "templates").mkdir(parents=True)
    (theme / "theme.yml").write_text("extends: default\n")
    (theme / "templates" / "run.html").write_text('{% include "absent.html" %}')
    with pytest.raises(BuildError, match=r"RG420.*absent\.html.*broken.*default"):
        site("x", theme=str(theme))


@pytest.mark.parametrize("text", ["{% if %}", "{{ page.no_such_field }}", "{{ 1 / nothing }}"])
def test_a_wrong_template_is_named(site, tmp_path, text):
    theme = tmp_path / "broken"
    (theme / "templates").mkdir(parents=True)
    (theme / "theme.yml").write_text("extends: default\n")
    (theme / "templates" / "run.html").write_text(text)
    with pytest.raises(BuildError, match=r"RG424.*run\.html"):
        site("x", theme=str(theme))
