"""Our extraction beside its peers', interleaved on the same pages: text F1, pages with no text, pages a CPU second.

    python -m tests.benchmarks.bench_extraction [--pages N] [--only COLLECTION]

Reads the real pages with known text beside the project. Each page goes to every extractor before the next page comes, so that
what else the machine does slows all of them alike. A peer that is not installed is named as absent; none is needed to run the
project. F1 is of the mean precision and the mean recall of 4-gram shingles over pages.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from newswire import parse
from tests.benchmarks.fit_extraction import DATA, shingles

Extractor = Callable[[bytes, str], str]


@dataclass(slots=True)
class Measured:
    """What was measured of one extractor."""

    pairs: list[tuple[float, float]] = field(default_factory=list)
    seconds: float = 0.0
    empty: int = 0

    def take(self, gold: str, html: bytes, url: str, extractor: Extractor) -> None:
        """Run the extractor on a page."""
        started = time.process_time()
        text = extractor(html, url)
        self.seconds += time.process_time() - started
        self.empty += not text.strip()
        wanted, found = shingles(gold), shingles(text)
        both = (wanted & found).total()
        self.pairs.append((both / (found.total() or 1), both / (wanted.total() or 1)))

    def row(self) -> str:
        """Return the figures as one line."""
        precision, recall = np.mean(self.pairs, axis=0)
        f1 = 2 * precision * recall / (precision + recall)
        return f"{f1:.4f} {precision:10.4f} {recall:7.4f} {self.empty:8} {len(self.pairs) / self.seconds:12.1f}"


def ours(html: bytes, url: str) -> str:
    return parse.extract(html, url).text


def trafilatura(html: bytes, url: str) -> str:
    import trafilatura  # noqa: PLC0415 - a peer, which may be absent

    found = trafilatura.bare_extraction(html, url=url, favor_precision=True, include_comments=False, with_metadata=True)
    return (found.text or "") if found else ""


def newspaper4k(html: bytes, url: str) -> str:
    import newspaper  # noqa: PLC0415 - a peer, which may be absent

    article = newspaper.Article(url)
    article.set_html(html.decode("utf-8", errors="replace"))
    article.parse()
    return article.text


def readability(html: bytes, _url: str) -> str:
    from lxml.html import fromstring  # noqa: PLC0415 - a peer, which may be absent
    from readability import Document  # noqa: PLC0415 - a peer, which may be absent

    return fromstring(Document(html.decode("utf-8", errors="replace")).summary()).text_content()


PEERS: dict[str, tuple[str, Extractor]] = {
    "trafilatura, precision": ("trafilatura", trafilatura),
    "newspaper4k": ("newspaper", newspaper4k),
    "readability-lxml": ("readability", readability),
}


def pages(limit: int | None, only: str | None) -> Iterator[tuple[str, str, bytes]]:
    """Yield known text, address and bytes."""
    golds = [json.loads(line) for line in (DATA / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    chosen = [gold for gold in golds if only is None or gold["id"].startswith(f"{only}-")]
    for gold in chosen[:limit]:
        yield gold["text"], gold["url"], gzip.decompress((DATA / "html" / f"{gold['id']}.html.gz").read_bytes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int)
    parser.add_argument("--only")
    args = parser.parse_args()
    present = {name: run for name, (module, run) in PEERS.items() if importlib.util.find_spec(module)}
    results = {name: Measured() for name in ("newswire", *present)}
    for gold, url, html in pages(args.pages, args.only):
        for name, measured in results.items():
            measured.take(gold, html, url, present.get(name, ours))
    sys.stdout.write(f"{'':24}{'F1':6} {'precision':>10} {'recall':>7} {'no text':>8} {'pages/CPU s':>12}\n")
    sys.stdout.writelines(f"{name:24}{measured.row()}\n" for name, measured in results.items())
    sys.stdout.writelines(f"{name:24}not installed\n" for name in PEERS if name not in present)


if __name__ == "__main__":
    main()
