"""The sandbox's clock: real time plus an offset that `advance` moves forward.

Used for event times and for rules that count hours. It never goes back.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """Real time plus an offset."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the sandbox's present time."""
        return datetime.now(UTC) + self._offset

    def advance(self, seconds: float) -> datetime:
        """Move forward; a negative number is refused, because stored times must stay in order."""
        if seconds < 0:
            raise ValueError("The clock only moves forward.")
        with self._lock:
            self._offset += timedelta(seconds=seconds)
        return self.now()
