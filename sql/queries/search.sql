-- What the articles say about something, the best first.
select article_id, rank, published_at, outlet, language, title, snippet, url, original_id
from mart.search(
    %(query)s,
    from_day => %(from_day)s,
    to_day => %(to_day)s,
    languages => %(languages)s,
    sources => %(sources)s,
    originals => %(originals)s,
    most => %(most)s
)
