"""A static web server like any host's: it serves folders under sub-paths, and remembers what it could not serve."""

from __future__ import annotations

import threading
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Server:
    """Serves folders at `http://127.0.0.1:<port>/people/me/<number>/`; every other address is not found.

    Attributes:
        refused: Paths that were asked for and not found.
    """

    def __init__(self) -> None:
        self.refused: list[str] = []
        self._folders: list[Path] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, server_of_folders=self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def share(self, folder: Path) -> str:
        """Serve a folder, and give its address, which ends with a slash."""
        if folder not in self._folders:
            self._folders.append(folder)
        return f"http://127.0.0.1:{self._http.server_port}/people/me/{self._folders.index(folder)}/"

    def locate(self, path: str) -> tuple[Path, str] | None:
        """The folder that an address lies in, and the rest of the address."""
        parts = path.split("/", 4)
        if len(parts) == 5 and parts[1:3] == ["people", "me"] and parts[3].isdigit():
            number = int(parts[3])
            if number < len(self._folders):
                return self._folders[number], "/" + parts[4]
        return None


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *arguments: Any, server_of_folders: Server) -> None:
        self._server = server_of_folders
        super().__init__(*arguments)

    def translate_path(self, path: str) -> str:
        found = self._server.locate(path)
        if found is None:
            return "/nonexistent"
        self.directory = str(found[0])
        return super().translate_path(found[1])

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        if code == HTTPStatus.NOT_FOUND:
            self._server.refused.append(self.path)
        super().send_error(code, message, explain)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
