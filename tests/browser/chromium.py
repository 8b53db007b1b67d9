"""Debian's Chromium: where it is, how it is started, and what a page did that it must not do."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Dialog, Error, Page, Playwright, Request

NAMES = ("chromium", "chromium-browser", "google-chrome")
PLACES = ("/usr/bin", "/usr/local/bin", "/snap/bin")
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
]
"""A browser that asks the network for nothing on its own."""


def find() -> str:
    """Path of Chromium: what CHROMIUM says, then PATH, then the usual places."""
    given = os.environ.get("CHROMIUM")
    if given:
        return given
    for path in (None, os.pathsep.join(PLACES)):
        for name in NAMES:
            found = shutil.which(name, path=path)
            if found:
                return found
    pytest.fail("No Chromium: install it (apt-get install chromium), or set CHROMIUM to its path", pytrace=False)


def launch(playwright: Playwright) -> Browser:
    """Start it, in its sandbox unless that is impossible: for root, and in containers that forbid namespaces."""
    return start(playwright.chromium)


def start(kind: BrowserType, *more: str) -> Browser:
    """The same, with further arguments; `kind` is the `browser_type` of one that runs already."""
    path, arguments = find(), [*QUIET, *more]
    try:
        return kind.launch(executable_path=path, args=arguments, chromium_sandbox=os.geteuid() != 0)
    except Error as fault:
        if "sandbox" not in str(fault).lower():
            raise
        return kind.launch(executable_path=path, args=arguments, chromium_sandbox=False)


def wait_until(page: Page, condition: str, seconds: float = 20.0) -> None:
    """Wait until a JavaScript expression is true. Playwright's own `wait_for_function` needs the `eval` that the
    report's policy forbids.

    Raises:
        AssertionError: It was not, for so long.
    """
    end = time.monotonic() + seconds
    while not page.evaluate(condition):
        assert time.monotonic() < end, f"never true: {condition}"
        page.wait_for_timeout(50)


class Watch:
    """Notes whatever a report must not do: errors, requests that leave it, dialogs, windows, downloads.

    Args:
        context: The browser context whose pages are watched.
        scopes: Addresses (or folders, as paths) below which requests are the report's own.
    """

    def __init__(self, context: BrowserContext, scopes: list[str | Path]) -> None:
        self.complaints: list[str] = []
        self._scopes = [scope.resolve().as_uri() if isinstance(scope, Path) else scope for scope in scopes]
        context.on("console", lambda m: self._note(f"console {m.type}: {m.text}") if m.type == "error" else None)
        context.on("weberror", lambda e: self._note(f"uncaught: {e.error}"))
        context.on("request", lambda r: self._request(r.url))
        context.on("requestfailed", self._failed)
        context.on("response", lambda r: self._note(f"status {r.status}: {r.url}") if r.status >= 400 else None)
        context.on("dialog", self._dialog)
        context.on("page", self._page)

    def _note(self, complaint: str) -> None:
        self.complaints.append(complaint)

    def _request(self, url: str) -> None:
        own = url.startswith(("data:", "blob:", "about:"))
        if not own and not any(unquote(url).startswith(unquote(scope)) for scope in self._scopes):
            self._note(f"request that leaves the report: {url[:200]}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # that is what happens to what is under way when a page is left
            self._note(f"failed request: {request.url[:200]}: {request.failure}")

    def _dialog(self, dialog: Dialog) -> None:
        self._note("a dialog opened")
        dialog.dismiss()

    def _page(self, page: Page) -> None:
        page.on("popup", lambda p: self._note(f"a window opened: {p.url}"))
        page.on("websocket", lambda s: self._note(f"a web socket: {s.url}"))
        page.on("crash", lambda _: self._note("the page crashed"))
