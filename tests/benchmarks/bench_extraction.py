"""Our extraction beside its peers', interleaved on the same pages, judged as `bench/extraction/score.py` judges.

    python -m tests.benchmarks.bench_extraction [--pages N] [--only COLLECTION]

Reads the real pages with known text beside the project; with --pages as many of them, evenly spread. Each page goes to every
extractor before the next page comes, so that what else the machine does slows all of them alike. What they load at first is not
counted, and a first page goes to all of them before the clock runs. fundus has rules for single publishers and none for the rest:
on the pages of those alone stand it and, once more, ours. The known text of most of these is what fundus found there itself.
`make bench` gives the peers an environment of their own (`requirements.txt` here); one that cannot be loaded is named with the
reason.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import importlib.util
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from newswire import parse
from newswire.encoding import encoding_of
from newswire.urls import host
from tests.benchmarks.fit_extraction import DATA

Found = Mapping[str, Any]
Extractor = Callable[[bytes, str], "Found | None"]
"""Returns `text`, `title`, `date`, `authors`; None where it has no rules for the page's publisher."""


def scorer() -> ModuleType:
    """Return the scorer beside the project, whose comparisons count."""
    spec = importlib.util.spec_from_file_location("score", DATA.parent / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(slots=True)
class Measured:
    """What was measured of one extractor."""

    score: ModuleType
    texts: list[tuple[float, float]] = field(default_factory=list)
    russian: list[tuple[float, float]] = field(default_factory=list)
    right: dict[str, list[bool]] = field(default_factory=lambda: {"title": [], "date": [], "authors": []})
    seconds: float = 0.0
    empty: int = 0

    def take(self, gold: Found, found: Found, seconds: float) -> None:
        """Add what it said of a page."""
        pair = self.score.compare(gold["text"], found["text"])
        self.texts.append(pair)
        if gold["lang"] == "ru":
            self.russian.append(pair)
        for name, same in (("title", self.score.folded), ("date", self.score.day), ("authors", self.score.names)):
            if gold.get(name) and same(gold[name]):
                self.right[name].append(same(gold[name]) == same(found.get(name)))
        self.seconds += seconds
        self.empty += not (found["text"] or "").strip()

    def row(self) -> str:
        """Return the figures as one line."""
        rates = " ".join(f"{statistics.mean(rights) if rights else 0:8.3f}" for rights in self.right.values())
        speed = len(self.texts) / self.seconds
        return f"{f1(self.texts):8.4f} {f1(self.russian):8.4f} {rates} {self.empty:8} {speed:12.1f} {len(self.texts):6}"


HEADER = f"{'text F1':>8} {'Russian':>8} {'title':>8} {'date':>8} {'authors':>8} {'no text':>8} {'pages/CPU s':>12} {'pages':>6}"


def f1(pairs: list[tuple[float, float]]) -> float:
    """Return F1 of the mean precision and the mean recall; 0 for no page."""
    precision, recall = (statistics.mean(side) for side in zip(*pairs, strict=True)) if pairs else (0, 0)
    return 2 * precision * recall / (precision + recall or 1)


def newswire() -> Extractor:
    from newswire import fallback  # noqa: PLC0415 - its own late import is done here

    fallback.second_opinion(b"<p>.</p>", thorough=False)

    def run(html: bytes, url: str) -> Found:
        found = parse.extract(html, url)
        date = found.published_at.isoformat() if found.published_at else None
        return {"text": found.text, "title": found.title, "date": date, "authors": list(found.authors)}

    return run


def trafilatura() -> Extractor:
    from trafilatura import bare_extraction  # noqa: PLC0415 - a peer, which may be absent

    def run(html: bytes, url: str) -> Found:
        found = bare_extraction(html, url=url, favor_precision=True, include_comments=False, with_metadata=True)
        kept = ("text", "title", "date", "author")
        values = {name: getattr(found, name, None) for name in kept}
        return {**values, "authors": values["author"]}

    return run


def newspaper4k() -> Extractor:
    from newspaper import Article  # noqa: PLC0415 - a peer, which may be absent

    def run(html: bytes, url: str) -> Found:
        article = Article(url, fetch_images=False)
        article.download(input_html=decoded(html))
        article.parse()
        return {"text": article.text, "title": article.title, "date": article.publish_date, "authors": article.authors}

    return run


def readability() -> Extractor:
    from lxml.html import fromstring  # noqa: PLC0415 - a peer, which may be absent
    from readability import Document  # noqa: PLC0415 - a peer, which may be absent

    def run(html: bytes, _url: str) -> Found:
        document = Document(decoded(html))
        return {"text": fromstring(document.summary()).text_content(), "title": document.short_title()}

    return run


def news_please() -> Extractor:
    from newsplease import NewsPlease  # noqa: PLC0415 - a peer, which may be absent

    def run(html: bytes, url: str) -> Found:
        found = NewsPlease.from_html(decoded(html), url=url, fetch_images=False)
        return {"text": found.maintext, "title": found.title, "date": found.date_publish, "authors": found.authors}

    return run


def fundus() -> Extractor:
    from fundus import PublisherCollection  # noqa: PLC0415 - a peer, which may be absent

    parsers = {host(publisher.domain).removeprefix("www."): list(publisher.parser) for publisher in PublisherCollection}

    def run(html: bytes, url: str) -> Found | None:
        versions = parsers.get(host(url).removeprefix("www."), [])
        found = (version().parse(decoded(html), "catch") for version in versions)
        # its versions hold for times of crawling, which are not known: the newest that finds a text
        values = next((each for each in found if text_of(each)), {})
        author = values.get("authors")
        return {**values, "text": text_of(values), "date": values.get("publishing_date"), "authors": author} if versions else None

    return run


def text_of(values: Found) -> str:
    """Return the text in fundus' values; what failed is an exception there."""
    body = values.get("body")
    return str(body) if body and not isinstance(body, Exception) else ""


PEERS: dict[str, Callable[[], Extractor]] = {
    "newswire": newswire,
    "trafilatura, precision": trafilatura,
    "newspaper4k": newspaper4k,
    "readability-lxml": readability,
    "news-please": news_please,
    "fundus": fundus,
}


def decoded(html: bytes) -> str:
    """Return a page as text, as the peers want it that do not look for the encoding themselves."""
    return html.decode(encoding_of(html, None), errors="replace")


def pages(most: int | None, only: str | None) -> Iterator[tuple[Found, bytes]]:
    """Yield what is known of a page, and its bytes."""
    golds = [json.loads(line) for line in (DATA / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    chosen = [gold for gold in golds if only is None or gold["id"].startswith(f"{only}-")]
    count = min(most or len(chosen), len(chosen))
    for number in range(count):
        gold = chosen[number * len(chosen) // count]
        yield gold, gzip.decompress((DATA / "html" / f"{gold['id']}.html.gz").read_bytes())


def loaded() -> tuple[dict[str, Extractor], dict[str, str]]:
    """Return the extractors that can be had, and why the others cannot."""
    extractors, absent = {}, {}
    for name, load in PEERS.items():
        try:
            extractors[name] = load()
        except ImportError as error:
            absent[name] = str(error)
    return extractors, absent


def warm_up(extractors: Mapping[str, Extractor], only: str | None) -> None:
    """Let each load what it loads at first use, and keep what one has loaded out of the other's garbage collection."""
    gold, html = next(pages(1, only))
    for extractor in extractors.values():
        extractor(html, gold["url"])
    gc.collect()
    gc.freeze()


def timed(extractor: Extractor, html: bytes, url: str) -> tuple[Found | None, float]:
    started = time.process_time()
    found = extractor(html, url)
    return found, time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int)
    parser.add_argument("--only")
    args = parser.parse_args()
    extractors, absent = loaded()
    score = scorer()
    warm_up(extractors, args.only)
    results = {name: Measured(score) for name in [*extractors, "newswire, there"]}
    for gold, html in pages(args.pages, args.only):
        said = {name: timed(extractor, html, gold["url"]) for name, extractor in extractors.items()}
        if said.get("fundus", (None, 0))[0] is not None:
            said["newswire, there"] = said["newswire"]
        for name, (found, seconds) in said.items():
            if found is not None:
                results[name].take(gold, found, seconds)
    sys.stdout.write(f"{'':24}{HEADER}\n")
    sys.stdout.writelines(f"{name:24}{measured.row()}\n" for name, measured in results.items() if measured.texts)
    sys.stdout.writelines(f"{name:24}absent: {reason}\n" for name, reason in absent.items())


if __name__ == "__main__":
    main()
