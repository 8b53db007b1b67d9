"""What a `SummaryWriter` writes is logged too. tensorboardX is the real one."""

from __future__ import annotations

import io
import itertools
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image as Picture
from tensorboardX import SummaryWriter

import reportgen
from reportgen import ReportgenWarning, Run
from reportgen.errors import UsageError
from reportgen.integration import tensorboard
from reportgen.log.hooks.tensorboard import MOST_BINS, file_name, histogram_of, tap

Start = Callable[..., Run]


def stored(run: Run) -> Any:
    run.finish()
    return reportgen.read_run(run.path)


def column(run: Any, key: str) -> list[tuple[int, Any]]:
    found = run.history[key]
    values = found.records if found.values is None else found.values
    return list(zip((int(step) for step in found.steps), values, strict=True))


def histogram(buckets: list[float], limits: list[float], least: float, most: float) -> Any:
    return histogram_of(SimpleNamespace(bucket=buckets, bucket_limit=limits, min=least, max=most, num=sum(buckets)))


def test_scalars_keep_their_tags_and_steps(start: Start) -> None:
    run = start(project="p", sync_tensorboard=True)
    with SummaryWriter("logs") as writer:
        for step in (0, 100, 200):
            writer.add_scalar("train/loss", 1 / (step + 1), step)
        writer.add_scalar("train/lr", 0.5, 100)  # earlier than the last one
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run_read = stored(run)
    assert [step for step, _ in column(run_read, "train/loss")] == [0, 100, 200]
    assert column(run_read, "train/lr") == [(100, 0.5)]
    assert list(Path("logs").glob("events.*"))  # TensorBoard's own file is there as before


def test_images_text_and_histograms_become_ours(start: Start) -> None:
    run = start(project="p", sync_tensorboard=True)
    with SummaryWriter("logs") as writer:
        pixels = np.zeros((3, 4, 6), np.uint8)
        pixels[0] = 255
        writer.add_image("digit", pixels, 3)
        writer.add_text("notes", "a *word*", 3)
        writer.add_histogram("weights", np.linspace(-1, 1, 1000), 3)
        writer.add_histogram("one_value", np.full(5, 2.5), 3)
        writer.add_histogram("with_gaps", np.array([1e-9, 1.0, 1e9]), 3)
    read = stored(run)
    ((_, image),) = column(read, "digit")
    with Picture.open(run.path / image["file"]) as picture:
        assert picture.size == (6, 4)
        assert picture.convert("RGB").getpixel((2, 2)) == (255, 0, 0)
    assert column(read, "notes") == [(3, "a *word*")]
    ((_, weights),) = column(read, "weights")
    assert weights["_type"] == "histogram"
    assert sum(weights["counts"]) == 1000
    assert weights["edges"][0] == pytest.approx(-1)
    assert weights["edges"][-1] == pytest.approx(1)
    ((_, one),) = column(read, "one_value")
    assert sum(one["counts"]) == 5
    ((_, gaps),) = column(read, "with_gaps")
    assert sum(gaps["counts"]) == 3


def test_hyperparameters_are_configuration(start: Start) -> None:
    run = start(project="p", sync_tensorboard=True, config={"lr": 1.0})
    with SummaryWriter("logs") as writer:
        writer.add_hparams({"lr": 0.25, "optimizer": "adam", "nesterov": True}, {"accuracy": 0.5})
    assert run.config.as_dict() == {"lr": 0.25, "optimizer": "adam", "nesterov": True}


def test_metrics_of_hyperparameters_go_by_their_own_name(start: Start) -> None:
    run = start(project="p", sync_tensorboard=True)
    with SummaryWriter("logs") as writer:
        writer.add_scalar("loss", 0.5, 1)
        writer.add_hparams({"lr": 0.25}, {"hp/accuracy": 0.5})
    assert set(stored(run).history.keys()) == {"loss", "hp/accuracy"}


def test_audio_is_kept_as_a_file(start: Start) -> None:
    run = start(project="p", sync_tensorboard=True)
    summary = SimpleNamespace(
        tag="../speech/one",
        metadata=SimpleNamespace(plugin_data=SimpleNamespace(plugin_name="audio")),
        audio=SimpleNamespace(encoded_audio_string=b"RIFF"),
        WhichOneof=lambda name: "audio",
    )
    tap.log(SimpleNamespace(value=[summary]), 7)
    assert [file.name for file in stored(run).files] == ["tensorboard/speech/one_7.wav"]


def test_writers_of_several_folders(start: Start) -> None:
    run = start(project="p", sync_tensorboard=True)
    for folder in ("logs", "logs/worker/1", "elsewhere", "other/validation"):
        with SummaryWriter(folder) as writer:
            writer.add_scalar("loss", 0.5, 1)
    assert set(stored(run).history.keys()) == {"loss", "worker/1/loss", "elsewhere/loss", "validation/loss"}


def test_the_first_writer_may_be_one_of_a_set(start: Start) -> None:
    run = start(project="p", sync_tensorboard=True)
    for folder in ("logs/train", "logs/validation"):
        with SummaryWriter(folder) as writer:
            writer.add_scalar("loss", 0.5, 1)
    assert set(stored(run).history.keys()) == {"train/loss", "validation/loss"}


def test_only_while_a_run_asks_for_it(start: Start) -> None:
    plain = start(project="p")
    writer = SummaryWriter("logs")
    writer.add_scalar("before", 1, 0)
    plain.finish()
    run = start(project="p", tensorboard=True)
    writer.add_scalar("during", 1, 0)
    run.finish()
    writer.add_scalar("after", 1, 0)
    writer.close()
    assert set(stored(plain).history.keys()) == set()
    assert set(stored(run).history.keys()) == {"during"}


def test_patch_is_for_the_next_run(start: Start) -> None:
    tensorboard.patch(root_logdir="logs")
    run, other = start(project="p"), None
    with SummaryWriter("logs") as writer:
        writer.add_scalar("loss", 1, 0)
    run.finish()
    other = start(project="p")
    with SummaryWriter("logs") as writer:
        writer.add_scalar("loss", 1, 0)
    assert set(stored(run).history.keys()) == {"loss"}
    assert set(stored(other).history.keys()) == set()


def test_what_cannot_be_taken_is_said_once_and_the_training_goes_on(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tap, "_told", set())
    run = start(project="p", sync_tensorboard=True)
    broken = SimpleNamespace(get_logdir=lambda: "logs")
    with pytest.warns(ReportgenWarning, match="RG167: sync_tensorboard: a summary could not be taken"):
        tap.take(broken, object())
    with SummaryWriter("logs") as writer:
        with pytest.warns(ReportgenWarning, match=r"RG168.*'pr_curves'"):
            writer.add_pr_curve("pr", np.array([0, 1, 1]), np.array([0.1, 0.6, 0.9]), 0)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tap.take(broken, object())
            writer.add_pr_curve("pr", np.array([0, 1, 1]), np.array([0.1, 0.6, 0.9]), 1)
        writer.add_scalar("loss", 1, 3)
    assert set(stored(run).history.keys()) == {"loss"}


def test_logging_a_summary_by_hand(run: Run) -> None:
    buffer = io.BytesIO()
    Picture.new("RGB", (2, 2)).save(buffer, "PNG")
    no_plugin = SimpleNamespace(plugin_data=SimpleNamespace(plugin_name=""))
    values = [
        SimpleNamespace(tag="loss", simple_value=0.5, metadata=no_plugin, WhichOneof=lambda name: "simple_value"),
        SimpleNamespace(
            tag="image",
            image=SimpleNamespace(encoded_image_string=buffer.getvalue()),
            metadata=no_plugin,
            WhichOneof=lambda name: "image",
        ),
    ]
    tensorboard.log(SimpleNamespace(value=values), step=4)
    tensorboard.log(SimpleNamespace(value=values[:1]))
    read = stored(run)
    assert column(read, "loss") == [(4, 0.5)]  # the row of step 4 was open still
    assert [step for step, _ in column(read, "image")] == [4]
    with pytest.raises(UsageError, match="RG102"):
        tensorboard.log(SimpleNamespace(value=[]))


def test_histograms_with_many_or_odd_bins() -> None:
    many = histogram([1.0] * 1500, [float(i + 1) for i in range(1500)], 0.0, 1500.0)
    assert len(many.histogram) <= MOST_BINS
    assert sum(many.histogram) == 1500
    for buckets, limits, least, most in (
        ([5.0], [2.5], 2.5, 2.5),
        ([0.0, 3.0], [1.0, 1.797e308], 1.0, 4.0),
        ([1.0, 1.0], [2.0, 2.0], 1.0, 2.0),
        ([], [], 0.0, 0.0),
    ):
        found = histogram(list(buckets), list(limits), least, most)
        assert all(a < b for a, b in itertools.pairwise(found.bins))
        assert sum(found.histogram) == sum(buckets)
    assert histogram([0.0, 3.0], [1.0, 1.797e308], 1.0, 4.0).bins[-1] == 4.0


def test_tags_as_names_of_files() -> None:
    assert file_name("../a/./b") == "a/b"
    assert file_name("/etc/x") == "etc/x"
