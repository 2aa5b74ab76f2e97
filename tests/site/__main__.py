"""Run the sample site until it is told to stop: `python -m tests.site --port 8899 [--now 2026-02-18T12:00+02:00]`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from datetime import datetime

from tests.site.content import DEFAULT_NOW
from tests.site.server import SampleSite


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.site", description=__doc__)
    parser.add_argument("--port", type=int, default=8899)
    parser.add_argument("--address", default="127.0.0.1", help="0.0.0.0 in a container")
    parser.add_argument("--now", type=datetime.fromisoformat, default=DEFAULT_NOW, help="the site's clock, with a zone")
    options = parser.parse_args()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with SampleSite(options.port, options.now, options.address) as site:
        clock = site.now.isoformat(timespec="minutes")
        sys.stdout.write(f"Sample site (unn.ua, www.unn.com.ua, t.me) at {site.url}, its clock at {clock}\n")
        sys.stdout.flush()
        stopped.wait()


if __name__ == "__main__":
    main()
