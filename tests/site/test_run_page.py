"""A run's page: values in words, nested config, what is private stays out."""

import numpy as np
import pytest

from reportgen.rundir.reader import read_run
from reportgen.site.options import BuildOptions
from reportgen.site.overview import run_table
from reportgen.site.plan import plan
from reportgen.site.run_page import flat, plain, run_page, tree


def page_of(path):
    planned = plan([read_run(path)], BuildOptions())
    views = {task.id: _Blank(task.key) for task in planned.pages[1].tasks}
    return run_page(planned.pages[1], planned.runs[0], run_table(planned).rows[0], views, (), ["train/loss"])


class _Blank:
    def __init__(self, key):
        self.key = key


def test_the_step_bar_spans_the_run_and_marks_media(log_run, pictures):
    page = page_of(log_run(rows=10, extra=[{"img": pictures}]))
    assert (page.steps.first, page.steps.last, list(page.steps.media), page.steps.main) == (0, 10, [10], "train/loss")
    assert page.steps.d.startswith("M0 2")


def test_a_run_without_rows_explains_itself(log_run):
    page = page_of(log_run(rows=0))
    assert page.steps is None
    (charts,) = page.sections
    assert "No metrics" in charts.empty
    assert "run.log" in charts.example


def test_notes_are_markdown_and_facts_are_in_words(log_run):
    page = page_of(log_run(notes="**good** <script>x</script>", job_type="train", group="g1"))
    assert "<strong>good</strong>" in page.notes
    assert "<script" not in page.notes
    facts = {fact.label: fact.text for fact in page.facts}
    assert facts["Steps"] == "30"
    assert (facts["Group"], facts["Job"]) == ("g1", "train")
    assert "UTC" in facts["Started"]


def test_groups_follow_prefixes(log_run):
    charts = page_of(log_run(rows=1, extra=[{"lr": 1.0}])).sections[0]
    assert [(g.title, g.count) for g in charts.groups] == [
        ("train/", "1 metric"),
        ("val/", "1 metric"),
        ("", "1 metric"),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "none"), (True, "true"), (1e-4, "1e-4"), ("adam", "adam"), ([1, "損"], '[1, "損"]'), (float("nan"), "NaN")],
)
def test_plain(value, text):
    assert plain(value) == text


def test_a_long_value_says_how_long_it_is():
    assert plain("x" * 5000).endswith("… (5,000 characters)")


def test_nested_mappings_are_flattened_and_kept_as_a_tree():
    nested = {"a": {"b": 1, "c": {}}, "d": 2}
    assert flat(nested) == {"a.b": 1, "a.c": {}, "d": 2}
    assert [t.label for t in tree(nested)] == ["a", "d"]
    assert tree(nested)[0].children[0].text == "1"


def test_the_summary_leaves_out_what_has_a_panel_of_its_own(log_run, pictures):
    page = page_of(
        log_run(rows=1, extra=[{"img": pictures, "note": "long text"}], summary={"best": 0.5, "verdict": "ok"})
    )
    assert [(fact.label, fact.text) for fact in page.summary] == [
        ("train/loss", "2"),
        ("val/acc", "0"),
        ("best", "0.5"),
        ("verdict", "ok"),
    ]


def test_a_text_of_the_summary_that_is_not_the_last_one_logged_is_told(log_run):
    page = page_of(log_run(rows=1, extra=[{"note": "first"}, {"note": "last"}], summary={"note": "assigned"}))
    assert ("note", "assigned") in [(fact.label, fact.text) for fact in page.summary]


def test_an_array_of_the_summary_is_told_by_its_statistics(log_run):
    page = page_of(log_run(rows=0, summary={"logits": np.array([np.nan, *range(1, 60)]).reshape(2, 30)}))
    told = {fact.label: fact.text for fact in page.summary}
    assert told["logits"] == "float64, 2 × 30"
    assert (told["logits.min"], told["logits.max"], told["logits.mean"], told["logits.nan"]) == ("1", "59", "30", "1")
    assert (told["logits.50%"], told["logits.95%"]) == ("30", "56.1")
    assert "logits.file" not in told


def test_a_section_says_that_runs_define_its_axes(log_run):
    planned = plan([read_run(log_run(rows=1))], BuildOptions())
    views = {task.id: _Blank(task.key) for task in planned.pages[1].tasks}
    next(iter(views.values())).axis = "epoch"
    page = run_page(planned.pages[1], planned.runs[0], run_table(planned).rows[0], views, (), ["train/loss"])
    assert page.sections[0].note == "By the axes that the runs define"
