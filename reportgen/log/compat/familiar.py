"""What scripts written for W&B ask a run besides: its addresses, its settings, and to show itself."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from reportgen.log.calls import Calls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reportgen.log.compat.stand_ins import Settings


class Familiar(Calls):
    """Names of a run that need no explanation, and those that mean little without a server."""

    _entity: str = ""
    _settings: Settings | None = None

    @property
    def entity(self) -> str:
        """What `init` was given as `entity`; there are no teams here."""
        return self._entity

    @property
    def settings(self) -> Settings:
        """What `init` was given as `settings`."""
        from reportgen.log.compat.stand_ins import Settings

        if self._settings is None:
            self._settings = Settings()
        return self._settings

    @property
    def config_static(self) -> Mapping[str, Any]:
        """The configuration as it is now, to be read only."""
        return MappingProxyType(self._config.as_dict())

    @property
    def start_time(self) -> float:
        """Unix time at which this process began the run or went on with it, in seconds."""
        return self._started

    @property
    def offline(self) -> bool:
        """True: nothing leaves the machine."""
        return True

    @property
    def sweep_id(self) -> None:
        """None: there are no sweeps."""
        return None

    @property
    def sweep_url(self) -> None:
        """None: there are no sweeps."""
        return None

    @property
    def project_url(self) -> str:
        """Address of the folder of the project: `file:///…`."""
        return self.path.parent.as_uri()

    def get_url(self) -> str:
        """As `url`."""
        return self.url

    def get_project_url(self) -> str:
        """As `project_url`."""
        return self.project_url

    def get_sweep_url(self) -> None:
        """None: there are no sweeps."""

    def project_name(self) -> str:
        """As `project`."""
        return self.project

    def status(self) -> str:
        """As `state`."""
        return self.state

    def mark_preempting(self) -> None:
        """Nothing: a run that is killed is complete up to its last row, and `resume` goes on with it."""

    def join(self, exit_code: int | None = None) -> None:
        """As `finish`."""
        self.finish(exit_code)

    def finish(self, exit_code: int | None = None) -> None:
        """End the run; `Run` does."""
        raise NotImplementedError

    def flush(self) -> None:
        """Wait until everything is stored; `Run` does."""
        raise NotImplementedError

    def _label(self, **labels: Any) -> None:
        """Nothing: other packages tell W&B so that they are in use."""

    def to_html(self, height: int = 600, hidden: bool = False) -> str:
        """HTML that shows the report of the run as it is at this moment, in a frame.

        Args:
            height: Pixels of the frame.
            hidden: Show a button that opens the frame.
        """
        from reportgen.log.hooks import notebook

        if self.disabled:
            return f"<p>{repr(self)[1:-1]}</p>"
        if not self._closed:
            self.flush()
        return notebook.frame(self.path, height, hidden=hidden)

    def display(self, height: int = 600, hidden: bool = False) -> bool:
        """Show the report of the run in the notebook; False where there is none.

        Args:
            height: Pixels of the frame.
            hidden: Show a button that opens the frame.
        """
        from reportgen.log.hooks import notebook

        return notebook.is_here() and notebook.display(self.to_html(height, hidden))

    def _repr_html_(self) -> str:
        return self.to_html()
