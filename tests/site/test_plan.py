"""Pages, sections and anchors: stable, distinct, safe in every file system and URL."""

import re

import pytest

from reportgen.rundir.reader import read_run
from reportgen.site.options import BuildOptions
from reportgen.site.plan import plan, prefix_of

HOSTILE = [
    "a/b",
    "a.b",
    "A/B",
    "../../etc",
    "</script>",
    "損失",
    "🚀",
    "x" * 300,
    "con",
    ".",
    "/",
    "Loss",
    "loss",
    "runs",
    "charts",
]


@pytest.fixture
def planned(runs_root, log_run):
    def make(**arguments):
        return plan([read_run(log_run(**arguments))], BuildOptions())

    return make


def test_every_key_has_its_own_safe_anchor_in_the_whole_report(planned):
    made = planned(extra=[dict.fromkeys(HOSTILE, 1.0)])
    ids = [task.id for page in made.pages for task in page.tasks]
    assert len(set(ids)) == len(ids) == 2 * (len(HOSTILE) + 2)
    assert all(re.fullmatch(r"(m|r0)-[a-z0-9-]+", i) for i in ids)


def test_a_run_page_has_its_sections_in_order(planned, pictures):
    made = planned(extra=[{"img": pictures, "note": "hi", "list": [1, 2]}])
    run_page = made.pages[1]
    assert [part.name for part in run_page.parts] == ["charts", "images", "text", "other", "system"]
    assert [len(part.tasks) for part in run_page.parts] == [2, 1, 1, 1, 0]
    assert run_page.id == "run/0"


def test_a_run_keeps_its_colour_when_later_runs_join(runs_root, log_run):
    first, second = log_run(name="zebra"), log_run(name="ape")
    alone = plan([read_run(first)], BuildOptions())
    both = plan([read_run(second), read_run(first)], BuildOptions())
    assert both.runs[0].stored.info.id == alone.runs[0].stored.info.id
    assert [run.name for run in both.runs] == ["zebra", "ape"]


def test_main_metrics_come_first_and_digits_sort_by_value(planned):
    made = planned(rows=1, extra=[{f"layer/{i}": 1.0 for i in (10, 9, 1)}])
    keys = [task.key for task in made.pages[0].tasks]
    assert keys == ["train/loss", "val/acc", "layer/1", "layer/9", "layer/10"]


def test_runs_whose_ids_look_alike_have_pages_of_their_own(runs_root, log_run):
    stored = [read_run(log_run(id=i)) for i in ("a b", "a-b", "A_B")]
    assert sorted(run.slug for run in plan(stored, BuildOptions()).runs) == ["a-b", "a-b-2", "a-b-3"]


@pytest.mark.parametrize(
    ("key", "prefix"), [("train/loss", "train/"), ("loss", ""), ("a/b/c", "a/"), ("/x", ""), ("x/", ""), ("/", "")]
)
def test_groups_are_the_part_before_the_first_slash(key, prefix):
    assert prefix_of(key) == prefix
