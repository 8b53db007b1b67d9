"""Verify the third-party files of this folder against `vendor.yml`, or fetch them anew from their npm packages.

    python themes/default/vendor/vendor.py            # verify
    python themes/default/vendor/vendor.py --fetch    # download, verify the download, write the files

No Node is needed: an npm package is a tar archive. Exit code 1 when something differs; nothing is written then.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import tarfile
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent
LISTING = "vendor.yml"


def listing(folder: Path = FOLDER) -> Mapping[str, Mapping[str, Any]]:
    """Name of each package to its row in `vendor.yml`."""
    rows: Mapping[str, Mapping[str, Any]] = yaml.safe_load((folder / LISTING).read_text(encoding="utf-8"))
    return rows


def differences(folder: Path = FOLDER) -> Iterator[str]:
    """What lies in the folder and not in the listing, is missing, or has other bytes than it says."""
    known = {LISTING, Path(__file__).name}
    for package in listing(folder).values():
        for name, row in package["files"].items():
            known.add(name)
            path = folder / name
            if not path.is_file():
                yield f"{name} is missing"
            elif digest(path.read_bytes()) != row["sha256"]:
                yield f"{name} is not the file that {LISTING} describes"
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name not in known:
            yield f"{path.name} is not in {LISTING}"


def fetch(folder: Path = FOLDER) -> None:
    """Download every package, and write its files once all of them have the right bytes.

    Raises:
        SystemExit: A download differs from the listing.
    """
    found: dict[str, bytes] = {}
    for name, package in listing(folder).items():
        with urllib.request.urlopen(package["package"]) as answer:
            archive = answer.read()
        expect(archive, package["package_sha256"], package["package"])
        with tarfile.open(fileobj=io.BytesIO(archive)) as members:
            for target, row in package["files"].items():
                member = members.extractfile(row["from"])
                if member is None:
                    raise SystemExit(f"{name} {package['version']} holds no file {row['from']}")
                found[target] = member.read()
                expect(found[target], row["sha256"], row["from"])
    for target, data in found.items():
        (folder / target).write_bytes(data)


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def expect(data: bytes, wanted: str, what: str) -> None:
    """Stop unless the bytes have the digest.

    Raises:
        SystemExit: They have not.
    """
    if digest(data) != wanted:
        raise SystemExit(f"{what} has the sha256 {digest(data)}, {LISTING} says {wanted}")


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Verify or fetch the third-party files of the default theme.")
    parser.add_argument("--fetch", action="store_true", help="download them anew")
    if parser.parse_args().fetch:
        fetch()
    wrong = list(differences())
    print("\n".join(wrong) or f"{len(listing())} package(s), all files as {LISTING} describes", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
