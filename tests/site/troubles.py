"""What is wrong with the site: each announced address that misbehaves, and how its announcement should end."""

from __future__ import annotations

from tests.site.content import articles

OUTCOMES = {
    "unavailable_once": "ok",  # 503 the first time, the article from then on
    "slow": "ok",  # 1.5 seconds before the first byte
    "windows_1251": "ok",  # only the meta element says so
    "malformed": "ok",  # elements are not closed
    "moved": "redirected",  # 301 to another announced article
    "gone": "gone",  # 410
    "missing": "gone",  # 404
    "truncated": "truncated",  # Content-Length promises more than comes
    "error_page": "not_article",  # 200 with "Сторінку не знайдено"
    "no_body": "no_text",  # title and lead, related articles, but no text
    "too_large": "too_large",  # chunked, over 12 MiB
    "impossible_date": "no_date",  # 31 February, or the year 2062, wherever a time stands
    "private": "robots",  # Disallow: /private/
    "pdf": "not_html",  # application/pdf
    "to_metadata": "forbidden_address",  # redirects to http://169.254.169.254/
}
"""Name of a trouble (field `trouble` of an article) → code of `newswire.model.Outcome`."""

TROUBLES = {article.canonical: OUTCOMES[article.trouble] for article in articles() if article.trouble}
"""Canonical announced URL → code of `newswire.model.Outcome` that its announcement should end with."""

THROTTLED_ONCE = frozenset({"/rss/news_ru.xml", "/ru/news?page=2"})
"""Addresses on unn.ua that answer 429 with `Retry-After: 1` the first time they are asked for."""

METADATA_ADDRESS = "http://169.254.169.254/latest/meta-data/"
"""Where a cloud machine keeps its secrets: no client may follow a redirect to it."""
