"""Histograms of gradients and parameters: how often, of what, and that they never end a training."""

from __future__ import annotations

import numpy as np
import pytest

import reportgen
from reportgen import ReportgenWarning, Run
from reportgen.errors import InputTypeError, InputValueError
from reportgen.log.hooks.watch import BINS, summarised
from reportgen.rundir.records.histogram import HistogramRecord
from tests.log.torches import Module, Net, Parameter, SparseTensor, Tensor

RANDOM = np.random.default_rng(7).normal(size=(40, 25)).astype(np.float32)


def record(tensor: Tensor) -> HistogramRecord:
    found = summarised(tensor)
    assert found is not None
    assert found.KIND == "histogram"
    return found.encode(None)


def net() -> Net:
    return Net(weight=Parameter(RANDOM), bias=Parameter(RANDOM[0]), frozen=Parameter(RANDOM[1], trains=False))


# ---- one histogram


def test_counts_are_numpys() -> None:
    found = record(Parameter(RANDOM))
    counts, edges = np.histogram(RANDOM, BINS)
    assert list(found.counts) == counts.tolist()
    assert np.allclose(found.bins(), edges)
    assert (found.nan, found.inf, found.minus_inf) == (None, None, None)


def test_values_that_are_no_numbers_are_counted() -> None:
    found = record(Tensor([1.0, np.nan, 2.0, np.inf, np.nan, -np.inf, np.inf]))
    assert sum(found.counts) == 2
    assert (found.nan, found.inf, found.minus_inf) == (2, 2, 1)
    assert (found.start, found.stop) == (1.0, 2.0)


def test_nothing_finite() -> None:
    found = record(Tensor([np.nan, np.nan]))
    assert (sum(found.counts), found.nan) == (0, 2)


def test_odd_tensors() -> None:
    assert summarised(Tensor([])) is None
    assert record(Tensor([3.0, 3.0])).bins()[0] == 2.5
    assert sum(record(Tensor([1e30, 1e30])).counts) == 2
    assert sum(record(Tensor(5.0)).counts) == 1
    assert sum(record(Tensor(RANDOM, "bfloat16")).counts) == 1000
    assert sum(record(Tensor(RANDOM.astype(float), "float64")).counts) == 1000
    assert sum(record(SparseTensor(RANDOM[0])).counts) == 25


# ---- watching


def test_gradients_join_the_row_that_comes_next(run: Run) -> None:
    model = net()
    run.watch(model, log_freq=2)
    for step in range(4):
        model.backward(weight=Tensor(RANDOM * step), bias=Tensor(RANDOM[0]))
        model.forward()
        run.log({"loss": step})
    run.finish()
    history = reportgen.read_run(run.path).history
    assert sorted(history) == ["gradients/bias", "gradients/weight", "loss"]
    assert history["gradients/weight"].kind == "histogram"
    assert history["gradients/weight"].steps.tolist() == [1, 3]
    assert history["loss"].steps.tolist() == [0, 1, 2, 3]


def test_parameters(run: Run) -> None:
    model = net()
    run.watch(model, log="all", log_freq=1)
    model.forward()
    model.backward(weight=Tensor(RANDOM))
    run.finish()
    wanted = ["gradients/weight", "parameters/bias", "parameters/frozen", "parameters/weight"]
    assert sorted(reportgen.read_run(run.path).history) == wanted


def test_several_models_and_their_layers(run: Run) -> None:
    models = [net(), net()]
    run.watch(models, log="gradients", log_freq=1, log_graph=True)
    for model in models:
        model.backward(bias=Tensor(RANDOM[0]))
    other = net()
    run.watch(other, log_freq=1, idx=9)
    other.backward(bias=Tensor(RANDOM[0]))
    run.finish()
    history = reportgen.read_run(run.path).history
    wanted = ["gradients/bias", "gradients/graph_1.bias", "gradients/graph_9.bias", "graph_0", "graph_1"]
    assert sorted(history) == wanted
    assert history["graph_0"].records == ("Net(weight, bias, frozen)\n\n1,050 parameters, 1,025 of them trained",)


def test_unwatching(run: Run) -> None:
    one, two = net(), net()
    run.watch([one, two], log="all", log_freq=1)
    run.unwatch(one)
    one.backward(bias=Tensor(RANDOM[0])), one.forward()
    assert (one.hooks, one._parameters["bias"].hooks) == ([], [])
    run.watch(one, log_freq=1)  # once more
    run.unwatch()
    run.unwatch(one)
    assert (two.hooks, two._parameters["bias"].hooks) == ([], [])
    run.finish()
    assert reportgen.read_run(run.path).history.lines == 0


def test_the_end_of_a_run_takes_the_hooks_away(run: Run) -> None:
    model = net()
    run.watch(model, log="all", log_freq=1)
    run.finish()
    assert (model.hooks, model._parameters["weight"].hooks) == ([], [])
    model.forward()


def test_by_default_a_thousand_passes_lie_between(run: Run) -> None:
    model = net()
    reportgen.watch(model)
    for _ in range(999):
        model.backward(bias=Tensor(RANDOM[0]))
    assert run.path.joinpath("history.jsonl").read_text() == ""
    model.backward(bias=Tensor(RANDOM[0]))
    run.flush()
    assert run.path.joinpath("history.jsonl").read_text().count('"gradients/bias":') == 1


def test_what_cannot_be_watched(run: Run) -> None:
    with pytest.raises(InputTypeError, match=r"RG164: watch takes a torch\.nn\.Module, or a list of them, not a dict"):
        run.watch({})
    with pytest.raises(InputTypeError, match="RG164"):
        run.watch([net(), None])
    with pytest.raises(InputValueError, match="RG164: log='weights' is unknown"):
        run.watch(net(), log="weights")
    for frequency in (0, -1, 1.5, True, "1"):
        with pytest.raises(InputValueError, match="RG164: log_freq"):
            run.watch(net(), log_freq=frequency)  # type: ignore[arg-type]
    model = net()
    run.watch(model, log=None)
    assert model.hooks == []
    with pytest.raises(InputValueError, match="RG164: the model Net is watched already"):
        run.watch(model)


def test_a_tensor_that_fails_costs_a_warning(run: Run) -> None:
    model = net()
    run.watch(model, log_freq=1)
    with pytest.warns(ReportgenWarning, match="RG165: watch: a histogram could not be taken: AttributeError"):
        model.backward(bias=None)  # type: ignore[arg-type]
    model.backward(bias=None)  # type: ignore[arg-type]  # said once: a second warning would be an error here


def test_a_disabled_run_hooks_nothing(start: object) -> None:
    run = reportgen.init(mode="disabled")
    model = net()
    run.watch(model, log="all")
    assert (model.hooks, model._parameters["weight"].hooks) == ([], [])
    assert isinstance(model, Module)
