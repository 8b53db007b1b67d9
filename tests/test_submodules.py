"""Submodules of W&B by name."""

from __future__ import annotations

import pytest

import reportgen
from reportgen import submodules
from reportgen.errors import InputAttributeError, MissingPackage


def test_namespaces_give_the_public_names() -> None:
    assert reportgen.data_types.Image is reportgen.Image
    assert reportgen.sdk.data_types.Table is reportgen.Table
    assert reportgen.wandb_run.Run is reportgen.Run
    assert reportgen.sdk.wandb_run.Run is reportgen.Run
    assert reportgen.sdk.lib.RunDisabled is reportgen.Run
    assert reportgen.apis.public.Api is reportgen.Api
    assert reportgen.util.generate_id is reportgen.generate_id
    assert issubclass(reportgen.errors.CommError, Exception)
    assert reportgen.errors.Error is reportgen.ReportgenError


def test_modules_by_both_of_their_names() -> None:
    assert reportgen.sklearn is reportgen.integration.sklearn
    assert reportgen.tensorboard.patch
    assert reportgen.plot.line is reportgen.plots.line
    assert submodules.submodule("integration.gym") is reportgen.gym


def test_what_is_not_there_says_so_and_hasattr_has_an_answer() -> None:
    with pytest.raises(InputAttributeError, match=r"RG133: this version has no wandb\.data_types\.Cloud"):
        reportgen.data_types.Cloud  # noqa: B018
    assert not hasattr(reportgen.data_types, "Cloud")
    assert not hasattr(reportgen.sdk, "__wrapped__")
    with pytest.raises(MissingPackage, match=r"RG147: there is no wandb\.fastai in reportgen"):
        submodules.submodule("fastai")
    with pytest.raises(MissingPackage, match="RG147"):
        submodules.submodule("integration.fastai")


def test_a_framework_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for name in ("keras", "tensorflow", "reportgen.integration.keras"):
        monkeypatch.setitem(sys.modules, name, None)  # type: ignore[arg-type]
    monkeypatch.delitem(sys.modules, "reportgen.integration.keras")
    with pytest.raises(MissingPackage, match=r"RG501: wandb\.keras needs the package keras"):
        submodules.submodule("keras")
    with pytest.raises(InputAttributeError, match="RG501"):
        reportgen.keras  # noqa: B018
    assert not hasattr(reportgen, "keras")


def test_what_is_a_module() -> None:
    assert submodules.is_module("keras")
    assert submodules.is_module("sdk")
    assert not submodules.is_module("fastai")
