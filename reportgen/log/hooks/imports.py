"""Does something as soon as a module of another package is imported, without importing it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

Then = Callable[[ModuleType], None]


class _Finder(MetaPathFinder):
    """Comes first among those that look for modules; finds nothing itself, but watches what the others find."""

    def __init__(self) -> None:
        self.wanted: dict[str, list[Then]] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec that another finder gives, its loader wrapped; None for modules that nobody waits for."""
        if name not in self.wanted:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = None if finder is self or find is None else find(name, path, target)
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _Loader(spec.loader, lambda module: self._loaded(name, module))
                return spec
        return None

    def _loaded(self, name: str, module: ModuleType) -> None:
        for then in self.wanted.pop(name, []):
            then(module)


class _Loader(Loader):
    """A loader that tells when the module has run."""

    def __init__(self, real: Any, then: Then) -> None:
        self._real = real
        self._then = then

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """What the real loader makes."""
        made: ModuleType | None = self._real.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, then tell."""
        self._real.exec_module(module)
        if module.__spec__ is not None:
            module.__spec__.loader = self._real
        module.__loader__ = self._real
        self._then(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


_finder = _Finder()


def when_imported(name: str, then: Then) -> None:
    """Call a function with a module: now if it is loaded, else when something imports it.

    Args:
        name: The module's full name.
        then: Takes the module. It must not raise.
    """
    module = sys.modules.get(name)
    if module is not None:
        then(module)
        return
    _finder.wanted.setdefault(name, []).append(then)
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
