"""The same report, two deliveries: a folder of links, or one file with the bytes in it.

Both answer the same questions (`file`, `chunk`, `library`) with a reference that pages and scripts carry: in a
folder the path of a file, relative to its root; in a single file `#b` and the number of a text block at the end of the
body. Nothing else knows which delivery it is.

A browser paints a single file while it is still reading it. So the pages come first, then the scripts as a packed text
block (`packed_element`), then the data; nothing that takes long to start stands before or between them.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from markupsafe import Markup, escape

from reportgen import __version__
from reportgen.errors import BuildError
from reportgen.panels.view import Shown
from reportgen.site import payload

MARKER = "reportgen.json"
"""Lists what a build made, so that the next one removes that and nothing else."""

SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/bmp": ".bmp",
    "image/avif": ".avif",
    "image/svg+xml": ".svg",
}

INERT = frozenset(
    {"bin", "bmp", "bz2", "ckpt", "csv", "flac", "gguf", "gif", "gz", "h5", "hdf5", "jpeg", "jpg", "json"}
    | {"jsonl", "keras", "log", "md", "model", "mp3", "mp4", "msgpack", "npy", "npz", "ogg", "onnx", "parquet"}
    | {"pb", "pickle", "pkl", "png", "pt", "pth", "py", "safetensors", "tar", "tfevents", "toml", "tsv", "txt"}
    | {"wav", "webm", "webp", "xz", "yaml", "yml", "zip", "zst"}
)
"""Extensions of files that browsers show or save, but never run."""

COPY = 1 << 20


def safe_name(name: str) -> str:
    """A file's name for the disk of whoever gets the report: no path, and nothing that a browser runs.

    Args:
        name: The name that the user gave it.
    """
    stem, dot, suffix = re.sub(r"[^\w.+-]+", "-", name.rpartition("/")[2], flags=re.ASCII).rpartition(".")
    stem, suffix = (stem.strip("-.")[-60:] or "file", suffix[:20]) if dot else (suffix.strip("-")[-60:] or "file", "")
    plain = f"{stem}.{suffix}" if suffix else stem
    return plain if suffix.lower() in INERT else f"{plain}.bin"


@dataclass(frozen=True, slots=True)
class Document:
    """One rendered document: everything but the text blocks, which a single file appends.

    Attributes:
        name: Its file name in a folder: "index.html", "runs/mlp.html".
        head: Its text up to where the blocks go.
        tail: The rest.
    """

    name: str
    head: str
    tail: str


@dataclass(slots=True)
class Tally:
    """What was written: every item's size, for the closing summary and the budget."""

    items: list[tuple[int, str]] = field(default_factory=list)
    files: int = 0

    @property
    def total(self) -> int:
        """Bytes in all."""
        return sum(size for size, _ in self.items)

    def largest(self, count: int = 5) -> list[tuple[int, str]]:
        """The largest items, largest first."""
        return sorted(self.items, key=lambda item: (-item[0], item[1]))[:count]


class Delivery(Protocol):
    """Where a report goes."""

    single: bool
    tally: Tally

    def file(self, shown: Shown, digest: str = "") -> str:
        """The reference of a file that the page shows; `digest` is its SHA-256 in hex where that is known already."""

    def picture(self, data: bytes, mime: str) -> str:
        """The reference of a picture that the build made."""

    def chunk(self, data: bytes) -> str:
        """The reference of bytes that a script reads."""

    def library(self, name: str, text: str) -> str:
        """The reference of a third-party script that is loaded when first needed."""

    def asset(self, text: str, suffix: str) -> str:
        """The reference of a style or script of every page; "" where it stands in the page itself."""

    def document(self, document: Document) -> None:
        """Take one rendered document."""

    def finish(self) -> Path:
        """Complete the report and give the path that opens it."""


def attribute(name: str, reference: str, root: str) -> Markup:
    """The attribute by which an element names a file: `src="../media/…"`, or `data-src="#b3"` in a single file.

    Args:
        name: "src" or "href".
        reference: What a delivery answered.
        root: Path from the page to the folder's root: "" or "../".
    """
    if reference.startswith("#"):
        return Markup('data-{}="{}"').format(name, reference)
    return Markup('{}="{}{}"').format(name, root, reference)


def rendered(text: str) -> Markup:
    """Text that our own templates or `payload.script_json` made, escaped already."""
    return Markup(text)


def script_element(script: str, reference: str = "", root: str = "") -> Markup:
    """A script of ours: a link, or its text where it stands in the page.

    Raises:
        BuildError: (RG423) The text would end its own element.
    """
    if reference:
        return Markup('<script src="{}{}" defer></script>').format(root, reference)
    if "</script" in script.lower() or "<!--" in script:
        raise BuildError(
            "RG423", "a script of the theme holds '</script' or '<!--'", remedy="Write it as '<' + '/script'"
        )
    return Markup(f"<script>{script}</script>")


def packed_element(script: str) -> Markup:
    """A script of ours as a text block: packed, and started by `scripts/single.js` once the page is painted."""
    packed = base64.b64encode(gzip.compress(script.encode(), 9, mtime=0)).decode()
    return Markup('<script type="text/plain" id="reportgen-scripts">{}</script>').format(packed)


def style_element(style: str, reference: str, root: str) -> Markup:
    """The styles: a link, or their text where the delivery keeps it in the page.

    Raises:
        BuildError: (RG423) The text would end its own element.
    """
    if reference:
        return Markup('<link rel="stylesheet" href="{}{}">').format(root, reference)
    if "</style" in style.lower():
        raise BuildError("RG423", "a style of the theme holds '</style'")
    return Markup(f"<style>{style}</style>")


class DirectorySite:
    """A folder: `index.html`, pages, assets, data and media, each file named by its content.

    Args:
        out: The folder. It may hold an earlier report of ours, or nothing.

    Raises:
        BuildError: (RG401) It holds somebody's files. (RG402) It is no folder, or a link.
    """

    single = False

    def __init__(self, out: Path) -> None:
        self.tally = Tally()
        self._out = out
        self._made: dict[str, None] = {}
        self._known: dict[Shown, str] = {}
        self._earlier = _claim(out)
        self._write(".nojekyll", b"")

    def file(self, shown: Shown, digest: str = "") -> str:
        """Copy a file to `media/`, under the hash of its content; once for equal content."""
        known = self._known.get(shown)
        if known is not None:
            return known
        with shown.source.open("rb") as source:
            digest = digest or hashlib.file_digest(source, "sha256").hexdigest()
            name = f"files/{digest[:16]}/{safe_name(shown.name)}" if shown.name else _media(digest, shown.mime)
            if name not in self._made:
                source.seek(0)
                with self._create(name) as target:
                    _copy(source, target)
                self._note(name)
        self._known[shown] = name
        return name

    def picture(self, data: bytes, mime: str) -> str:
        """Write a picture to `media/`, under the hash of its content."""
        return self._once(_media(hashlib.sha256(data).hexdigest(), mime), data)

    def chunk(self, data: bytes) -> str:
        """Write bytes as a script that hands them over: pages opened from disk may not fetch."""
        digest = hashlib.sha256(data).hexdigest()[:24]
        text = b'reportgen.put("%s","%s");\n' % (digest.encode(), base64.b64encode(data))
        return self._once(f"data/{digest}.js", text)

    def library(self, name: str, text: str) -> str:
        """Write a third-party script."""
        return self.asset(text, f"-{name}.js")

    def asset(self, text: str, suffix: str) -> str:
        """Write a style or script, the hash of its content in its name."""
        data = text.encode()
        return self._once(f"assets/{hashlib.sha256(data).hexdigest()[:16]}{suffix}", data)

    def document(self, document: Document) -> None:
        """Write one page."""
        self._write(document.name, (document.head + document.tail).encode())

    def finish(self) -> Path:
        """Remove what an earlier build made and this one did not; list what this one made."""
        for name in self._earlier:
            if name not in self._made:
                _remove(self._out, name)
        listing = {"generator": f"reportgen {__version__}", "files": sorted(self._made)}
        self._write(MARKER, (payload.script_json(listing) + "\n").encode())
        return self._out / "index.html"

    def _once(self, name: str, data: bytes) -> str:
        if name not in self._made:
            self._write(name, data)
        return name

    def _write(self, name: str, data: bytes) -> None:
        with self._create(name) as target:
            target.write(data)
        self._note(name)

    def _note(self, name: str) -> None:
        self._made[name] = None
        self.tally.files += 1
        self.tally.items.append(((self._out / name).stat().st_size, name))

    def _create(self, name: str) -> BinaryIO:
        path = self._out / name
        _folder(self._out, path.parent)
        if path.is_symlink():
            path.unlink()
        return path.open("wb")


def _media(digest: str, mime: str) -> str:
    return f"media/{digest[:2]}/{digest[:24]}{SUFFIXES.get(mime, '.bin')}"


def _copy(source: BinaryIO, target: BinaryIO) -> None:
    """Copy a file from its start; the system does it, on some disks without moving a byte.

    A link would be faster, but would let what happens to the run happen to the report.
    """
    whole = getattr(os, "copy_file_range", None)
    try:
        while whole is not None and whole(source.fileno(), target.fileno(), COPY << 6):
            pass
    except OSError:  # between two disks, or on a system that cannot
        source.seek(0)
        target.seek(0)
        whole = None
    if whole is None:
        shutil.copyfileobj(source, target, COPY)


def _claim(out: Path) -> Sequence[str]:
    """Make sure that `out` is empty or ours, and say what an earlier build made in it."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise BuildError(
            "RG402", "the output is a link or a file, not a folder", where=str(out), remedy="Name a folder"
        )
    out.mkdir(parents=True, exist_ok=True)
    marker = out / MARKER
    if marker.is_file() and not marker.is_symlink():
        listing = _listing(marker)
        if listing is not None:
            return listing
    if any(out.iterdir()):
        raise BuildError(
            "RG401",
            "the output folder holds files that no build made",
            where=str(out),
            remedy="Name an empty or a new folder; nothing was touched",
        )
    # claimed before anything else is written, so that a build that was interrupted can be repeated
    marker.write_text(payload.script_json({"generator": f"reportgen {__version__}", "files": []}) + "\n")
    return []


def _listing(marker: Path) -> Sequence[str] | None:
    """The files that an earlier build made; None when the marker is not ours."""
    try:
        value = json.loads(marker.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(value, dict) or not str(value.get("generator", "")).startswith("reportgen "):
        return None
    files = value.get("files")
    return [str(name) for name in files] if isinstance(files, list) else []


def _folder(root: Path, folder: Path) -> None:
    """Make `folder` below `root`, never through a link that would lead elsewhere."""
    for parent in [*reversed(folder.relative_to(root).parents), folder.relative_to(root)]:
        path = root / parent
        if path != root and path.is_symlink():
            raise BuildError(
                "RG403",
                "a folder of the report is a link",
                where=str(path),
                remedy="Remove the link, or name another output",
            )
        path.mkdir(exist_ok=True)


def _remove(root: Path, name: str) -> None:
    """Remove a file of an earlier build, and the folders that it leaves empty; never anything through a link."""
    parts = Path(name).parts
    if not parts or Path(name).is_absolute() or ".." in parts:
        return
    path = root
    for part in parts:
        if path.is_symlink():
            return
        path = path / part
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return
        path.unlink()
        for parent in list(path.relative_to(root).parents)[:-1]:
            (root / parent).rmdir()
    except OSError:
        return  # a folder that still holds something, or a file that is gone already


@dataclass(frozen=True, slots=True)
class _Block:
    """One text block: an id, attributes, and where its bytes come from."""

    id: str
    label: str
    mime: str
    data: tuple[int, int] | Path
    """Where the bytes lie in what is kept for the report, and how many; or the file that holds them."""


class SingleFile:
    """One .html file. Scripts, what they read and what pages show are text blocks at the end of its body, in base64.

    Blocks are text, not `data:` addresses in the page: a parser passes over them at once, and a picture is made only
    when its panel comes near.

    Args:
        out: The file. It may exist when an earlier build made it.

    Raises:
        BuildError: (RG404) The path is a folder or a link. (RG405) The file exists and is not ours.
    """

    single = True

    def __init__(self, out: Path) -> None:
        self.tally = Tally()
        self._out = out
        self._blocks: list[_Block] = []
        self._known: dict[object, str] = {}
        self._documents: list[Document] = []
        if out.is_symlink() or out.is_dir():
            raise BuildError("RG404", "the output is a folder or a link", where=str(out), remedy="Name an .html file")
        if out.exists() and not _ours(out):
            raise BuildError(
                "RG405",
                "the output file exists and no build made it",
                where=str(out),
                remedy="Name another file; it was not touched",
            )
        out.parent.mkdir(parents=True, exist_ok=True)
        self._bytes = tempfile.TemporaryFile()  # noqa: SIM115  # what a report holds need not fit into memory
        weakref.finalize(self, self._bytes.close)

    def file(self, shown: Shown, digest: str = "") -> str:
        """A block with the bytes of a file, read when the report is written; once for equal content that is known."""
        if shown.source not in self._known:
            reference = self._block(digest or shown.source, str(shown.source.name), shown.mime, shown.source)
            self._known[shown.source] = reference
        return self._known[shown.source]

    def picture(self, data: bytes, mime: str) -> str:
        """A block with a picture; once for equal bytes."""
        return self._block(hashlib.sha256(data).digest(), "thumbnail", mime, data)

    def chunk(self, data: bytes) -> str:
        """A block with bytes that a script reads; once for equal bytes."""
        return self._block(hashlib.sha256(data).digest(), "data", "", data)

    def library(self, name: str, text: str) -> str:
        """A block with a third-party script, packed."""
        return self._block(("library", name), name, "text/javascript", gzip.compress(text.encode(), 9, mtime=0))

    def asset(self, text: str, suffix: str) -> str:
        """Styles and scripts of every page stand in the page itself, as `text` does."""
        self.tally.items.append((len(text.encode()), f"style or script ({suffix[1:]})"))
        return ""

    def document(self, document: Document) -> None:
        """Take the document; there is one."""
        self._documents.append(document)

    def finish(self) -> Path:
        """Write the file: the document with its blocks, then put it in place of an earlier one."""
        (document,) = self._documents
        part = self._out.with_name(self._out.name + ".part")
        try:
            with part.open("wb") as target:
                target.write(document.head.encode())
                for block in self._blocks:
                    before = target.tell()
                    target.writelines(self._text(block))
                    self.tally.items.append((target.tell() - before, block.label))
                target.write(document.tail.encode())
            part.replace(self._out)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        self.tally.items.append((self._out.stat().st_size - self.tally.total, "pages"))
        self.tally.files = 1
        return self._out

    def _block(self, key: object, label: str, mime: str, data: bytes | Path) -> str:
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = f"#b{len(self._blocks)}"
            self._blocks.append(_Block(known[1:], label, mime, self._keep(data) if isinstance(data, bytes) else data))
        return known

    def _keep(self, data: bytes) -> tuple[int, int]:
        at = self._bytes.seek(0, os.SEEK_END)
        return at, self._bytes.write(data)

    def _text(self, block: _Block) -> Iterator[bytes]:
        mime = f' data-mime="{escape(block.mime)}"' if block.mime else ""
        yield f'<script type="text/plain" id="{block.id}"{mime}>'.encode()
        if isinstance(block.data, tuple):
            at, size = block.data
            self._bytes.seek(at)
            yield base64.b64encode(self._bytes.read(size))
        else:
            try:
                with block.data.open("rb") as source:
                    while piece := source.read(3 * COPY):  # a multiple of 3, so that pieces join without padding
                        yield base64.b64encode(piece)
            except OSError as fault:
                raise BuildError(
                    "RG406", f"a file cannot be put into the report: {fault.strerror}", where=str(block.data)
                ) from fault
        yield b"</script>\n"


def _ours(path: Path) -> bool:
    """Whether a file was made by a build: its first bytes carry our generator tag."""
    try:
        with path.open("rb") as source:
            start = source.read(2048)
    except OSError:
        return False
    return not start or b'<meta name="generator" content="reportgen ' in start
