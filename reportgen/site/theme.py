"""The theme chain, the Jinja environment, and which styles and scripts a page needs.

A theme is a folder with `theme.yml`. Every file, be it template, style, script or icon, is looked for in the theme,
then in its parents, then in the packages of plugin kinds; so a theme holds only what it changes.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import rcssmin
import rjsmin
import yaml
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2 import TemplateNotFound as JinjaTemplateNotFound

from reportgen import kinds
from reportgen.errors import BuildError
from reportgen.panels.names import visible

PACKAGE = Path(__file__).resolve().parent.parent
SHIPPED = (PACKAGE / "themes", PACKAGE.parent / "themes")
"""Where the shipped themes lie: in an installed package, and beside it in a checkout."""

LAST_STYLE = "styles/custom.css"
"""Comes after all other styles, so that a theme changes one token or rule by this file alone."""

ROOT = "default"
"""The theme that every chain ends with."""


@dataclass(frozen=True, slots=True)
class Library:
    """A third-party script that a page loads when its first panel that needs it comes near."""

    name: str
    script: str
    license: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """A chain of theme folders, nearest first, and what their `theme.yml` files declare together."""

    name: str
    folders: tuple[Path, ...]
    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    kinds: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    libraries: Mapping[str, Library] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)

    def find(self, name: str) -> Path | None:
        """The nearest file of that name in the chain, or None."""
        return next((path for folder in self.folders if (path := folder / name).is_file()), None)

    def read(self, name: str) -> str:
        """The text of the nearest file of that name.

        Raises:
            BuildError: (RG420) No folder of the chain has it.
        """
        path = self.find(name)
        if path is None:
            searched = ", ".join(str(folder) for folder in self.folders)
            raise BuildError(
                "RG420", f"the theme has no file {name!r}", where=searched, remedy="Add it, or mend theme.yml"
            )
        return path.read_text(encoding="utf-8")

    def style(self, used: Iterable[str], needs: Iterable[tuple[str, str]] = ()) -> str:
        """The styles of pages that show the given kinds, as one text without comments and blanks.

        Args:
            used: The kinds.
            needs: What only some of their panels need: the kind, and one of its `View.needs`.
        """
        names = list(self.styles)
        for kind in used:
            names += [f"panels/{kind}.css"] if self.find(f"panels/{kind}.css") else []
            names += self._listed("styles", kind, needs)
        for library in self.needed(used):
            names += [library.style] if library.style else []
        names.append(LAST_STYLE)
        return self._joined(names, rcssmin.cssmin)

    def script(self, used: Iterable[str], needs: Iterable[tuple[str, str]] = ()) -> str:
        """The scripts of pages that show the given kinds, as one text without comments and blanks.

        Args:
            used: The kinds.
            needs: What only some of their panels need: the kind, and one of its `View.needs`.
        """
        names = list(self.scripts)
        for kind in used:
            names += self._listed("scripts", kind, needs)
            names += [f"panels/{kind}.js"] if self.find(f"panels/{kind}.js") else []
        return self._joined(names, rjsmin.jsmin)

    def later(self, kind: str) -> str:
        """The scripts of a kind that a page loads when a reader first asks for what they do; "" for none."""
        names = self.kinds.get(kind, {}).get("later", [])
        return self._joined(names, rjsmin.jsmin) if names else ""

    def _listed(self, what: str, kind: str, needs: Iterable[tuple[str, str]]) -> list[str]:
        """The styles or scripts of a kind, and those of what is needed of it; a theme may list none of them."""
        entry = self.kinds.get(kind, {})
        some = entry.get("with", {})
        wanted = [entry, *(some.get(need, {}) for of, need in needs if of == kind)]
        return [name for row in wanted for name in row.get(what, [])]

    def early(self, *, single: bool) -> str:
        """The script in the head of every page, which runs before the page is drawn.

        Args:
            single: Whether the report is one file, whose other scripts start after the first paint.
        """
        return self._joined(["scripts/boot.js", *(["scripts/single.js"] if single else [])], rjsmin.jsmin)

    def _joined(self, names: Iterable[str], pack: Callable[[str], str]) -> str:
        """Files in their order. Shipped ones are packed; those of users stay as written, so nothing can break them."""
        parts = []
        for name in dict.fromkeys(names):
            text, path = self.read(name), self.find(name)
            shipped = path is not None and any(path.is_relative_to(root.resolve()) for root in SHIPPED)
            parts.append(pack(text) if shipped else text)
        return "\n".join(parts) + "\n"

    def needed(self, used: Iterable[str]) -> list[Library]:
        """The libraries that panels of the given kinds need."""
        names = (name for kind in used for name in self.kinds.get(kind, {}).get("libraries", ()))
        return [self.libraries[name] for name in dict.fromkeys(names)]

    def library(self, library: Library) -> str:
        """The text of a library, after its licence: reports are passed on, and licences ask to go with them."""
        terms = self.read(library.license).strip().replace("*/", "* /")
        return f"/*!\n{terms}\n*/\n{self.read(library.script)}"

    def environment(self) -> Environment:
        """The Jinja environment: autoescape, undefined names are errors, `default/run.html` reaches the parent."""
        chain = [FileSystemLoader([folder / "templates", folder]) for folder in self.folders]
        named = {folder.name: loader for folder, loader in reversed(list(zip(self.folders, chain, strict=True)))}
        environment = Environment(
            loader=ChoiceLoader([*chain, PrefixLoader(named)]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_printable,
        )
        environment.filters["visible"] = visible
        return environment

    def missing(self, fault: JinjaTemplateNotFound) -> BuildError:
        """The error for a template that no folder of the chain has."""
        searched = ", ".join(str(folder) for folder in self.folders)
        return BuildError(
            "RG420", f"the theme has no template {fault.name!r}", where=searched, remedy="Add it to the theme"
        )


_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), "�")


def _printable(value: Any) -> Any:
    """Text without control characters: HTML forbids them, and some parsers take a page with one for a binary file."""
    if type(value) is str and not value.isprintable():
        return value.translate(_CONTROLS)
    return value


def load(name: str) -> Theme:
    """The theme of that name or folder, with its parents.

    Args:
        name: A shipped theme ("default", "paper") or the path of a folder with `theme.yml`.

    Raises:
        BuildError: (RG421) There is no such theme. (RG422) Its `theme.yml` cannot be used.
    """
    folders: list[Path] = []
    settings: list[Mapping[str, Any]] = []
    following: str | None = name
    beside = Path()
    while following:
        folder = _folder(following, beside)
        if folder in folders:
            raise BuildError(
                "RG422",
                f"themes extend each other in a circle: {following!r}",
                where=str(folder / "theme.yml"),
            )
        values = _settings(folder)
        folders.append(folder)
        settings.append(values)
        beside = folder.parent
        following = values.get("extends") or (ROOT if folder.name != ROOT else None)
    return _joined(folders, settings)


def _joined(folders: list[Path], settings: list[Mapping[str, Any]]) -> Theme:
    parents_first = settings[::-1]
    styles = [name for values in parents_first for name in values.get("styles") or ()]
    scripts = [name for values in parents_first for name in values.get("scripts") or ()]
    by_kind: dict[str, Mapping[str, Any]] = {}
    libraries: dict[str, Library] = {}
    meta: dict[str, Any] = {}
    for values in parents_first:
        by_kind |= values.get("kinds") or {}
        libraries |= {key: Library(key, **row) for key, row in (values.get("libraries") or {}).items()}
        meta |= values.get("meta") or {}
    return Theme(
        name=str(settings[0].get("name") or folders[0].name),
        folders=(*folders, *_plugins()),
        styles=tuple(dict.fromkeys(styles)),
        scripts=tuple(dict.fromkeys(scripts)),
        kinds=by_kind,
        libraries=libraries,
        meta=meta,
    )


def _folder(name: str, beside: Path) -> Path:
    for root in (Path(), beside, *SHIPPED):
        if (root / name / "theme.yml").is_file():
            return (root / name).resolve()
    shipped = sorted({p.parent.name for root in SHIPPED for p in root.glob("*/theme.yml")})
    near = difflib.get_close_matches(name, shipped, n=1)
    guess = f"Did you mean {near[0]!r}? " if near else ""
    raise BuildError(
        "RG421",
        f"there is no theme {name!r}",
        remedy=f"{guess}Use one of {', '.join(shipped)}, or the path of a folder with theme.yml",
    )


def _settings(folder: Path) -> Mapping[str, Any]:
    path = folder / "theme.yml"
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise BuildError(
            "RG422", f"theme.yml cannot be read: {' '.join(str(fault).split())}", where=str(path)
        ) from fault
    known = {"name", "extends", "styles", "scripts", "kinds", "libraries", "meta"}
    if not isinstance(values, dict) or not set(values) <= known:
        raise BuildError(
            "RG422",
            "theme.yml holds names that mean nothing",
            where=str(path),
            remedy=f"It may hold {', '.join(sorted(known))}",
        )
    return values


def _plugins() -> Iterable[Path]:
    """The theme folders of kinds that other packages add."""
    for row in kinds.table().values():
        spec = find_spec(row.theme) if row.theme else None
        for place in (spec.submodule_search_locations or ()) if spec else ():
            yield Path(place)
