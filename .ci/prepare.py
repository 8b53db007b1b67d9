"""Prepare this checkout: a virtual environment with the project in it and, for the tests, two browsers.

Run by the Makefile and by `.ci/run`, with nothing but the standard library. Repeating it is quick: what is
there already is left as it is.

    python3 .ci/prepare.py            what building a report needs
    python3 .ci/prepare.py --test     that, the test tools, Chromium and Firefox ESR

Debian packages that are missing are installed with apt where that is allowed (as root, or with sudo). Where it
is not, one sentence says what to install.
"""

from __future__ import annotations

import argparse
import ctypes.util
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
BROWSERS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "firefox-esr": ("firefox-esr", "firefox"),
}
"""Debian package to the commands that do as well."""
PLACES = ("/usr/bin", "/usr/local/bin", "/snap/bin")
"""Where a browser may lie although PATH does not name the folder."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Prepare the checkout; the exit code is 1 when something has to be installed by hand."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--test", action="store_true", help="also what the tests need, browsers included")
    test = parser.parse_args(arguments).test
    try:
        if sys.version_info[:2] < OLDEST:
            raise Refused(f"This is Python {sys.version.split()[0]}; reportgen needs Python 3.11 or newer.")
        install_debian([*missing_for_environment(), *(missing_for_tests() if test else [])])
        make_environment()
        install_project("test" if test else "")
    except Refused as refusal:
        print(f"prepare: {refusal}", file=sys.stderr)
        return 1
    return 0


class Refused(Exception):
    """Something that only the person at the keyboard can do; the message says what."""


def missing_for_environment() -> list[str]:
    """Debian packages that `.venv` lacks: Debian keeps the part of `venv` that brings pip in a package of its own."""
    return [] if environment_works() or importlib.util.find_spec("ensurepip") else ["python3-venv"]


def missing_for_tests() -> list[str]:
    """Debian packages that the tests lack."""
    missing = [package for package, names in BROWSERS.items() if not any(map(find, names))]
    if ctypes.util.find_library("atomic") is None:
        missing.append("libatomic1")  # Playwright's own program is linked with it
    return missing


def find(command: str) -> str | None:
    """Path of a command, on PATH or in the usual places."""
    return shutil.which(command) or shutil.which(command, path=os.pathsep.join(PLACES))


def install_debian(packages: Sequence[str]) -> None:
    """Install Debian packages.

    Raises:
        Refused: There is no apt, or no right to use it.
    """
    if not packages:
        return
    by_hand = f"Please install {' and '.join(packages)} (on Debian: apt-get install {' '.join(packages)})"
    apt = find("apt-get")
    if apt is None:
        raise Refused(f"{by_hand}; there is no apt-get here to do it.")
    prefix = _root_prefix()
    if prefix is None:
        raise Refused(f"{by_hand}; this user may not, being neither root nor in sudo.")
    print(f"prepare: installing {' and '.join(packages)} with apt", flush=True)
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq", "-o", "DPkg::Lock::Timeout=300"]
    run([*prefix, *quiet, "update"], by_hand)
    run([*prefix, *quiet, "-o", "Dpkg::Use-Pty=0", "install", "--yes", "--no-install-recommends", *packages], by_hand)


def _root_prefix() -> list[str] | None:
    """What stands before a command to run it as root; None when that is not allowed."""
    if os.geteuid() == 0:
        return []
    sudo = find("sudo")
    if sudo is None:
        return None
    if subprocess.run([sudo, "-n", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
        return [sudo, "-n"]
    return [sudo] if sys.stdin.isatty() else None


def environment_works() -> bool:
    """Whether there is a `.venv` with pip in it."""
    works = [str(PYTHON), "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"]
    return PYTHON.exists() and subprocess.run(works, stderr=subprocess.DEVNULL, check=False).returncode == 0


def make_environment() -> None:
    """Make `.venv`, unless there is one that works."""
    if not environment_works():
        run([sys.executable, "-m", "venv", "--clear", VENV], "Please make a virtual environment in .venv")


def install_project(extra: str) -> None:
    """Install the checkout itself into `.venv`, editable, unless that was done for this `pyproject.toml`."""
    facts = f"{sys.version} {ROOT} ".encode() + (ROOT / "pyproject.toml").read_bytes()
    wanted = hashlib.sha256(facts).hexdigest()
    stamp = VENV / f".prepared-{extra or 'report'}"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    print(f"prepare: installing {'the test tools' if extra else 'reportgen'} into .venv", flush=True)
    run([*pip, "--editable", f"{ROOT}[{extra}]" if extra else str(ROOT)], "Please see what pip said above")
    stamp.write_text(wanted, encoding="utf-8")


def run(command: Sequence[str | Path], by_hand: str) -> None:
    """Run a command; what it says as an error is shown.

    Raises:
        Refused: It failed.
    """
    words = [str(word) for word in command]
    if subprocess.run(words, stdout=subprocess.DEVNULL, check=False).returncode != 0:
        raise Refused(f"{by_hand}; this failed: {' '.join(words)}")


if __name__ == "__main__":
    sys.exit(main())
