"""Chromium for measurements: headless, quiet, offline."""

from __future__ import annotations

import os
import shutil
import statistics
from collections.abc import Callable

from playwright.sync_api import Browser, Playwright

FLAGS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def launch(playwright: Playwright) -> Browser:
    """Start the Chromium that $CHROMIUM names, or the first on the path.

    Raises:
        SystemExit: There is none; the message says what to install.
    """
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise SystemExit("Chromium is needed: apt-get install chromium, or set CHROMIUM to its path")
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=path, args=[*FLAGS, *root])


def compare(
    measure: Callable[[Browser, str], float], browser: Browser, addresses: list[str], rounds: int, what: str, ours: str
) -> None:
    """Alternate between a bare page and ours; print what was measured of both, and the ratio.

    Args:
        measure: Milliseconds that a page takes.
        browser: Opens the pages.
        addresses: The bare page, and ours.
        rounds: How often each is measured; one more warms the caches of disk and browser.
        what: What is measured, for the words.
        ours: What our page is called.
    """
    taken: dict[str, list[float]] = {address: [] for address in addresses}
    for number in range(rounds + 1):
        for address in addresses[:: 1 if number % 2 else -1]:
            value = measure(browser, address)
            if number:
                taken[address].append(value)
    (bare, mine), (low_bare, low_mine) = ([how(taken[a]) for a in addresses] for how in (statistics.median, min))
    width = max(len("bare page"), len(ours))
    print(f"  {what}, {'bare page':{width}} {bare:5.0f} ms, at least {low_bare:.0f} ms")
    print(f"  {what}, {ours:{width}} {mine:5.0f} ms, at least {low_mine:.0f} ms")
    print(f"  {mine / bare:.2f} x, of the lowest {low_mine / low_bare:.2f} x (goal 1.5)")
