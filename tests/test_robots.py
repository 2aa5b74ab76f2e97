import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from newswire.model import Failed, Outcome, Page
from newswire.robots import Robots, rules_in

URL = "https://news.test/robots.txt"


def answer(body: bytes, status: int = 200) -> Page:
    return Page(url=URL, final_url=URL, status=status, body=body, fetched_at=datetime.now(UTC))


def failed(outcome: Outcome, status: int | None = None, body: bytes = b"") -> Failed:
    return Failed(URL, outcome, "what happened", page=None if status is None else answer(body, status))


def test_the_longest_match_decides() -> None:
    rules = rules_in(answer(b"User-agent: *\nDisallow: /news\nAllow: /news/open\n"))
    assert rules.refusal("https://news.test/news/1", "Newswire") == "robots.txt disallows it"
    assert rules.refusal("https://news.test/news/open/1", "Newswire") is None


def test_our_own_group_counts_for_more_than_the_one_for_all() -> None:
    rules = rules_in(answer(b"User-agent: *\nDisallow: /\n\nUser-agent: newswire\nDisallow: /admin\n"))
    assert rules.refusal("https://news.test/news/1", "Newswire") is None
    assert rules.refusal("https://news.test/admin/1", "Newswire")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 451])
def test_no_such_file_allows_everything(status: int) -> None:
    assert rules_in(failed(Outcome.REFUSED, status)).refusal("https://news.test/a", "Newswire") is None


def test_a_redirect_that_leads_nowhere_allows_everything() -> None:
    assert rules_in(failed(Outcome.SERVER_ERROR, 302)).refusal("https://news.test/a", "Newswire") is None


@pytest.mark.parametrize(
    "failure",
    [
        failed(Outcome.SERVER_ERROR, 500),
        failed(Outcome.SERVER_ERROR, 503),
        failed(Outcome.UNREACHABLE),
        failed(Outcome.TRUNCATED, 200, b"User-agent: *\nAllow: /"),
        failed(Outcome.FORBIDDEN_ADDRESS, 302),
    ],
)
def test_no_answer_allows_nothing_and_says_so(failure: Failed) -> None:
    refusal = rules_in(failure).refusal("https://news.test/a", "Newswire")
    assert refusal
    assert "could not be read" in refusal
    assert "what happened" in refusal


def test_of_a_huge_file_the_first_bytes_count() -> None:
    rules = rules_in(failed(Outcome.TOO_LARGE, 200, b"User-agent: *\nDisallow: /closed\n" + b"# more\n" * 1000))
    assert rules.refusal("https://news.test/closed/1", "Newswire")
    assert rules.refusal("https://news.test/open/1", "Newswire") is None


@pytest.mark.parametrize(("line", "seconds"), [("2.5", 2.5), ("-1", 0), ("nan", 0), ("inf", 0), ("soon", 0), ("", 0)])
def test_a_crawl_delay_is_read_where_it_is_one(line: str, seconds: float) -> None:
    assert rules_in(answer(f"User-agent: *\nCrawl-delay: {line}\n".encode())).crawl_delay("Newswire") == seconds


def test_rules_survive_weird_bytes_around_them() -> None:
    body = b"\xef\xbb\xbf\xff\x00\x9d\nUser-agent: *\r\nDisallow: /closed\r\n\x00\xd0\n"
    assert rules_in(answer(body)).refusal("https://news.test/closed", "Newswire")


def test_no_bytes_whatever_break_the_reader() -> None:
    chance = random.Random(3)
    parts = [
        b"User-agent",
        b": ",
        b"*",
        b"\n",
        b"Disallow",
        b"/",
        b"$",
        b"%",
        b"%d0",
        b"Request-rate: 1/",
        b"Visit-time: ",
        b"0-9\n",
    ]
    for _ in range(500):
        body = b"".join(chance.choice([*parts, chance.randbytes(3)]) for _ in range(40))
        rules = rules_in(answer(body))
        rules.refusal("https://news.test/новини?a=%zz%d0", "Newswire")
        assert rules.crawl_delay("Newswire") >= 0


def test_each_origin_is_asked_once_even_by_many_threads() -> None:
    asked: list[str] = []
    gate = threading.Event()

    def fetch(url: str) -> Page | Failed:
        asked.append(url)
        gate.wait(5)
        return answer(b"")

    cache = Robots(fetch)
    with ThreadPoolExecutor(8) as threads:
        futures = [threads.submit(cache.of, f"https://{host}/{i}") for i in range(20) for host in ("a.test", "b.test:8443")]
        gate.set()
        rules = [future.result() for future in futures]
    assert sorted(asked) == ["https://a.test/robots.txt", "https://b.test:8443/robots.txt"]
    assert len({id(each) for each in rules}) == 2
