"""Debian's Firefox ESR, driven over WebDriver BiDi: it speaks that itself, so no driver program is needed."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

NAMES = ("firefox-esr", "firefox")
PLACES = ("/usr/bin", "/usr/local/bin", "/snap/bin")
PATIENCE = 60.0
"""Seconds that an answer may take on a busy machine."""

SETTINGS: dict[str, object] = {
    "app.normandy.enabled": False,
    "app.update.auto": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.url": "",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "",
    "toolkit.telemetry.server": "",
}
"""A profile that asks the network for nothing on its own."""


def find() -> str:
    """Path of Firefox: what FIREFOX says, then PATH, then the usual places."""
    given = os.environ.get("FIREFOX")
    if given:
        return given
    for path in (None, os.pathsep.join(PLACES)):
        for name in NAMES:
            found = shutil.which(name, path=path)
            if found:
                return found
    pytest.fail("No Firefox: install it (apt-get install firefox-esr), or set FIREFOX to its path", pytrace=False)


class Firefox:
    """One tab of a running Firefox.

    Attributes:
        errors: What the console showed as an error, blocked requests included, since the last `open`.
        requests: Addresses that were asked for over the network since the last `open`.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self.errors: list[str] = []
        self.requests: list[str] = []
        self._socket = socket
        self._numbers = itertools.count(1)
        self._command("session.new", capabilities={})
        self._command("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self._tab = self._command("browsingContext.getTree")["contexts"][0]["context"]

    def open(self, url: str) -> None:
        """Load a page, and wait until it is complete."""
        self._command("browsingContext.navigate", context=self._tab, url="about:blank", wait="complete")
        self.errors.clear()
        self.requests.clear()
        self._command("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, which must be plain JSON; a promise is waited for."""
        wrapped = f"Promise.resolve({expression}).then(value => JSON.stringify(value ?? null))"
        answer = self._command("script.evaluate", expression=wrapped, target={"context": self._tab}, awaitPromise=True)
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"]["value"])

    def wait_for(self, expression: str, seconds: float = 20.0) -> Any:
        """The value of an expression as soon as it is truthy.

        Raises:
            AssertionError: It was not, for so long.
        """
        end = time.monotonic() + seconds
        while not (value := self.evaluate(expression)):
            assert time.monotonic() < end, f"never true in Firefox: {expression}\n{self.errors}"
            time.sleep(0.1)
        return value

    def resize(self, width: int, height: int) -> None:
        """Change the size of the window's content, in pixels."""
        viewport = {"width": width, "height": height}
        self._command("browsingContext.setViewport", context=self._tab, viewport=viewport)

    def screenshot(self) -> bytes:
        """The visible part of the page, as PNG."""
        return base64.b64decode(self._command("browsingContext.captureScreenshot", context=self._tab)["data"])

    def _command(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=PATIENCE))
            if message.get("id") != number:
                self._event(message)
                continue
            assert message["type"] == "success", f"{method}: {message}"
            result: dict[str, Any] = message["result"]
            return result

    def _event(self, message: dict[str, Any]) -> None:
        details = message.get("params", {})
        if message.get("method") == "log.entryAdded" and details["level"] == "error":
            self.errors.append(f"{details['type']}: {details['text']}")
        if message.get("method") == "network.beforeRequestSent":
            self.requests.append(details["request"]["url"])


@contextlib.contextmanager
def start() -> Iterator[Firefox]:
    """Firefox without a window, in a profile of its own, until the block ends."""
    program = find()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in SETTINGS.items()]
        Path(profile, "user.js").write_text("\n".join(lines) + "\n", encoding="utf-8")
        process = subprocess.Popen(
            [program, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "HOME": profile, "MOZ_CRASHREPORTER_DISABLE": "1"},
        )
        try:
            with connect(f"{_address(process)}/session", max_size=None, proxy=None) as socket:
                yield Firefox(socket)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(process: subprocess.Popen[str]) -> str:
    """Where it listens, which it says on its error stream."""
    assert process.stderr is not None
    seen: list[str] = []
    clock = threading.Timer(PATIENCE, process.kill)
    clock.start()
    try:
        for line in process.stderr:
            seen.append(line)
            found = re.search(r"WebDriver BiDi listening on (ws://\S+)", line)
            if found:
                # the rest is read and dropped, so that the pipe never fills up
                threading.Thread(target=_drain, args=(process.stderr,), daemon=True).start()
                return found[1]
    finally:
        clock.cancel()
    pytest.fail(f"{process.args} did not start:\n{''.join(seen)}", pytrace=False)


def _drain(stream: Any) -> None:
    with contextlib.suppress(ValueError), stream:
        for _ in stream:
            pass
