"""A real Chromium without a window, spoken to over its own DevTools protocol.

https://chromedevtools.github.io/devtools-protocol/: JSON over one WebSocket. A few of its commands are all that is needed here,
and the websockets that come with Airflow carry them: no driver, and no package of a browser besides.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 60
"""Seconds that something may take to appear: Airflow's page loads ten megabytes of scripts on a busy machine."""

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
"""The last one: whatever a page asks of another server than ours is not found."""


class Tab:
    """One page of the browser."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self.events: list[dict[str, Any]] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Run a command of the protocol and return its result."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=PATIENCE))
            if message.get("id") == number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result
            self.events.append(message)

    def run(self, code: str) -> Any:
        """Return the value of an expression in the page, as JSON."""
        told = self.call("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True, userGesture=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def until(self, code: str) -> Any:
        """Wait for an expression to become true, and return its value. While a page changes, it may fail."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            told = self.call("Runtime.evaluate", expression=code, returnByValue=True, userGesture=True)
            if "exceptionDetails" not in told and told["result"].get("value"):
                return told["result"]["value"]
            time.sleep(0.05)
        address = self.run("location.href")
        raise AssertionError(f"it did not come: {code} at {address}")

    def go(self, address: str) -> None:
        self.call("Page.navigate", url=address)
        self.until(f"document.readyState === 'complete' && location.href.startsWith({json.dumps(address)})")

    def size(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)

    def theme(self, name: str) -> None:
        """Prefer a colour scheme, as the system's settings do."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def type(self, selector: str, text: str) -> None:
        """Write into a field, as from a keyboard."""
        self.until(f"document.querySelector({json.dumps(selector)}) !== null")
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self.call("Input.insertText", text=text)

    def move(self, x: float, y: float) -> None:
        """Move the mouse there."""
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def shoot(self, file: Path) -> None:
        """Write what is seen into a PNG."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def troubles(self) -> list[str]:
        """Return what the console complained of, and which other servers were asked, since it was asked last."""
        self.run("1")  # what was said before is here after it
        found = []
        for event in self.events:
            said = event.get("params", {})
            if event["method"] == "Runtime.exceptionThrown":
                found.append(str(said["exceptionDetails"]))
            elif event["method"] == "Log.entryAdded" and said["entry"]["level"] == "error":
                found.append(f"{said['entry']['text']} {said['entry'].get('url', '')}")
            elif event["method"] == "Network.requestWillBeSent" and said["request"]["url"].startswith("http"):
                found += [] if said["request"]["url"].startswith("http://127.0.0.1") else [said["request"]["url"]]
        self.events.clear()
        return found


@contextmanager
def chromium() -> Iterator[Tab]:
    """Start the browser and yield an empty page; where there is no browser the test is skipped, unless one is required."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        if os.environ.get("NEWSWIRE_BROWSER") == "required":
            pytest.fail(f"none of these browsers is installed: {', '.join(NAMES)}")
        pytest.skip(f"none of these browsers is installed: {', '.join(NAMES)}")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                with connect(_address(Path(profile)), max_size=None, proxy=None) as socket:
                    yield Tab(socket)
            finally:
                process.terminate()


def _address(profile: Path) -> str:
    """Return the WebSocket of the browser's page, once it says where it listens."""

    told, deadline = profile / "DevToolsActivePort", time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if told.exists() and "\n" in told.read_text():
            port = int(told.read_text().split()[0])
            pages = requests.get(f"http://127.0.0.1:{port}/json/list", timeout=PATIENCE).json()
            if found := [page for page in pages if page["type"] == "page"]:
                return str(found[0]["webSocketDebuggerUrl"])
        time.sleep(0.05)
    raise AssertionError("the browser did not start")
