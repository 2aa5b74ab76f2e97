-- The kept answers of the servers, with their bytes.
create view mart.raw_page as
select
    page_id,
    fetched_at,
    source,
    url,
    final_url,
    redirects,
    status,
    headers,
    encoding,
    octet_length(body) as bytes,
    body,
    withheld_at,
    encode(body_sha256, 'hex') as sha256,
    peer
from raw.page;

comment on view mart.raw_page is 'The kept answers of the servers, with their bytes: what an article or a rejection was made of.';
comment on column mart.raw_page.page_id is 'Key.';
comment on column mart.raw_page.fetched_at is 'When the answer came. Name it beside page_id where you know it: it says in which month to look.';
comment on column mart.raw_page.source is 'Short name of the publisher.';
comment on column mart.raw_page.url is 'The address that was asked for.';
comment on column mart.raw_page.final_url is 'The address that answered, after redirects.';
comment on column mart.raw_page.redirects is 'The addresses between, in order.';
comment on column mart.raw_page.status is 'HTTP status.';
comment on column mart.raw_page.headers is 'Response headers that matter, names in lower case.';
comment on column mart.raw_page.encoding is 'What the bytes are decoded with.';
comment on column mart.raw_page.bytes is 'How many bytes there are; 0 where they are withheld.';
comment on column mart.raw_page.body is 'The bytes, after transfer and content decoding.';
comment on column mart.raw_page.withheld_at is 'When the bytes were deleted, because the page showed an article that was taken down; null where they are kept.';
comment on column mart.raw_page.sha256 is 'SHA-256 of the bytes as they came, withheld ones too.';
comment on column mart.raw_page.peer is 'IP address that answered; null for a page read from a file.';
