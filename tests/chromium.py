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

NAMED = {"button", "combobox", "Date", "heading", "image", "img", "link", "navigation", "search", "searchbox", "textbox"}
"""Roles of which somebody who hears a page must be told the name."""

FAULTS = """
(() => {
  const faults = [];
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, place) => sum + c * [0.2126, 0.7152, 0.0722][place], 0);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = numbers(getComputedStyle(node).backgroundColor);
      if (colour[3] === undefined || colour[3] > 0.5) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (seen.has(node) || !walker.currentNode.textContent.trim()) continue;
    if (!node.checkVisibility() || node.closest("svg, script")) continue;
    seen.add(node);
    const style = getComputedStyle(node);
    const [high, low] = [light(numbers(style.color)), light(ground(node))].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const wanted = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < wanted) faults.push(`contrast ${ratio.toFixed(2)}: ${node.outerHTML.slice(0, 120)}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  faults.push(...ids.filter((id, place) => ids.indexOf(id) < place).map((id) => `two ids ${id}`));
  const heads = [...document.querySelectorAll("h1, h2, h3, h4")].map((node) => Number(node.tagName[1]));
  if (heads.filter((level) => level === 1).length !== 1 || heads[0] !== 1) faults.push(`headings ${heads}`);
  if (heads.some((level, place) => place && level > heads[place - 1] + 1)) faults.push(`a level left out in ${heads}`);
  if (document.querySelectorAll("main").length !== 1) faults.push("no main, or two");
  if (!document.documentElement.lang || !document.title) faults.push("no language, or no title");
  for (const table of document.querySelectorAll("table:has(th)")) {
    const rows = [...table.querySelectorAll("tr")].map((row) => [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0));
    if (rows.some((cells) => cells !== rows[0])) faults.push(`a table with rows of ${[...new Set(rows)]} cells`);
  }
  return faults;
})()
"""
"""WCAG 2.2: contrast 1.4.3, headings and tables 1.3.1, language 3.1.1, title 2.4.2."""


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

    def click(self, x: float, y: float) -> None:
        """Click there with the mouse."""
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1, pointerType="mouse")

    def press(self, key: str) -> None:
        """Press a key that writes nothing: `Tab`, `Enter`, `ArrowLeft`."""
        code = {"Tab": 9, "Enter": 13, "Escape": 27, "End": 35, "ArrowLeft": 37, "ArrowRight": 39}[key]
        text = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **text)

    def faults(self) -> list[str]:
        """Return what keeps people from a page who hear it, see little, or have no mouse."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        roles = [(node["role"]["value"], node.get("name", {}).get("value", "").strip()) for node in nodes if not node["ignored"]]
        return [f"a {role} without a name" for role, name in roles if role in NAMED and not name] + self.run(FAULTS)

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
