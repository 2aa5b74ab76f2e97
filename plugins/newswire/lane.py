"""The pace at which one host is asked, kept by all threads together."""

from __future__ import annotations

import threading
import time

from newswire.model import Politeness


class Lane:
    """The way to one host: how many requests may be under way, and when the next one may start."""

    def __init__(self, politeness: Politeness) -> None:
        self.slots = threading.BoundedSemaphore(politeness.concurrency)
        self._lock = threading.Lock()
        self._pause = politeness.pause
        self._free_at = 0.0
        self._held_until = 0.0

    def widen(self, pause: float) -> None:
        """Let at least `pause` seconds pass between two starts from now on."""
        with self._lock:
            self._pause = max(self._pause, pause)

    def hold(self, seconds: float) -> None:
        """Let nothing start for so long."""
        with self._lock:
            self._held_until = max(self._held_until, time.monotonic() + seconds)

    def held(self) -> float:
        """Return for how many seconds nothing may start."""
        return max(0.0, self._held_until - time.monotonic())

    def wait_turn(self, longest: float) -> bool:
        """Return True when a request may start, and let others wait; False where the host is held for more than `longest` s."""
        while (wait := self._take_turn()) > 0:
            if self.held() > longest:
                return False
            time.sleep(wait)
        return True

    def _take_turn(self) -> float:
        """Take the turn and return 0, or return how long to wait before trying again."""
        with self._lock:
            now = time.monotonic()
            wait = max(self._free_at, self._held_until) - now
            if wait <= 0:
                self._free_at = now + self._pause
            return wait
