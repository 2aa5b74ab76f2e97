-- The normalised rows: articles, their revisions and readings, duplicates, and the ledgers of runs and coverage.

create schema core;
comment on schema core is 'Normalised rows. Analysts read them through the views of mart.';

create table core.run (
    run_id bigint generated always as identity primary key,
    verb text not null,
    source text,
    feed text,
    caller text not null,
    asked_from timestamptz,
    asked_to timestamptz,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    state text not null default 'running' check (state in ('running', 'done', 'failed', 'died')),
    counts jsonb not null default '{}',
    error text
);

create index run_source on core.run (source, verb, started_at desc);
create index run_running on core.run (run_id) where state = 'running';

comment on table core.run is 'The ledger of runs: what was asked, by whom, how it ended, what it counted.';
comment on column core.run.run_id is 'Key. While the run lives it holds the advisory lock (7470, run_id).';
comment on column core.run.verb is 'discover, fetch, normalise, deduplicate, check, export, maintain.';
comment on column core.run.source is 'Short name of the publisher; null for a verb over all.';
comment on column core.run.feed is 'Edition or channel; null for all.';
comment on column core.run.caller is 'Who started it: shell, or the Airflow Dag and run.';
comment on column core.run.asked_from is 'Start of the window of publication times that was asked for; null where there is none.';
comment on column core.run.asked_to is 'End of that window, exclusive.';
comment on column core.run.started_at is 'When it began.';
comment on column core.run.finished_at is 'When it ended; null while it runs and when it died.';
comment on column core.run.state is 'running, done, failed (it said so), died (its process is gone).';
comment on column core.run.counts is 'Outcomes and rows by code.';
comment on column core.run.error is 'Why it failed, one line.';

create table core.coverage (
    coverage_id bigint generated always as identity primary key,
    run_id bigint not null references core.run,
    source text not null,
    feed text not null,
    asked_from timestamptz not null,
    asked_to timestamptz not null,
    reached_from timestamptz,
    reached_to timestamptz,
    failure text,
    failure_detail text,
    notes text[] not null default '{}'
);

create index coverage_feed on core.coverage (source, feed, asked_from);

comment on table core.coverage is 'For each discovery of a feed: the window that was asked for and the one that was really seen.';
comment on column core.coverage.coverage_id is 'Key.';
comment on column core.coverage.run_id is 'The run (core.run).';
comment on column core.coverage.source is 'Short name of the publisher.';
comment on column core.coverage.feed is 'Edition or channel.';
comment on column core.coverage.asked_from is 'Start of the window that was asked for.';
comment on column core.coverage.asked_to is 'End of the window that was asked for, at most the time of the run.';
comment on column core.coverage.reached_from is 'All that was announced from here on was seen; null when nothing was.';
comment on column core.coverage.reached_to is 'Up to here.';
comment on column core.coverage.failure is 'Outcome code of what stopped it; null when nothing did.';
comment on column core.coverage.failure_detail is 'One line for a person on it.';
comment on column core.coverage.notes is 'What a person may want to know: deleted ids, a listing without times.';

create table core.article (
    article_id bigint generated always as identity primary key,
    source text not null,
    feed text not null,
    external_id text not null,
    url text not null,
    title text,
    lead text,
    body text not null,
    body_kinds text[],
    word_count integer not null,
    dateline text,
    published_at timestamptz not null,
    time_origin text not null,
    modified_at timestamptz,
    authors text[] not null default '{}',
    section text,
    tags text[] not null default '{}',
    image_url text,
    media jsonb not null default '[]',
    links jsonb not null default '[]',
    editions jsonb not null default '{}',
    cited_source text,
    language text not null,
    language_confidence real not null,
    views bigint,
    reactions jsonb not null default '{}',
    forwarded_from text,
    reply_to text,
    edited boolean not null default false,
    revision integer not null default 1,
    first_seen_at timestamptz not null,
    updated_at timestamptz not null,
    removed_at timestamptz,
    announcement_id bigint not null references raw.announcement,
    page_id bigint not null,
    page_fetched_at timestamptz not null,
    parser_version text not null,
    run_id bigint not null,
    content_hash bytea not null,
    record_hash bytea not null,
    text_hash bytea,
    judged boolean not null default false,
    unique (source, external_id)
);

create index article_published on core.article (published_at);
create index article_announcement on core.article (announcement_id);
create index article_url on core.article (url);
create index article_text on core.article (text_hash) where text_hash is not null;
create index article_forward on core.article (forwarded_from) where forwarded_from is not null;
create index article_unjudged on core.article (article_id) where not judged;

comment on table core.article is 'One row an item: an article of a site, or a post of a channel, as it stands now.';
comment on column core.article.article_id is 'Key.';
comment on column core.article.source is 'Short name of the publisher: the file in sources/.';
comment on column core.article.feed is 'Edition or channel that announced it.';
comment on column core.article.external_id is 'Identity within the source: path of the canonical URL, or channel/id of a post.';
comment on column core.article.url is 'Canonical URL.';
comment on column core.article.title is 'As printed, cleaned; null in a post.';
comment on column core.article.lead is 'The publisher''s own summary; null when it has none.';
comment on column core.article.body is 'Text without title and lead, one block a line.';
comment on column core.article.body_kinds is 'Kind of each line of body (paragraph, heading, heading_details, quote, list_item and so on); null when all are paragraphs.';
comment on column core.article.word_count is 'Words of body.';
comment on column core.article.dateline is 'Place, day, agency in front of the text; not part of body.';
comment on column core.article.published_at is 'The earliest time that the publisher gave.';
comment on column core.article.time_origin is 'Where published_at stood: feed, json_ld, meta, page or post.';
comment on column core.article.modified_at is 'When the publisher says that it changed it last; null when it does not say.';
comment on column core.article.authors is 'Persons, or the signature of a post.';
comment on column core.article.section is 'Section as the publisher names it.';
comment on column core.article.tags is 'Tags or hashtags as the publisher writes them, without #.';
comment on column core.article.image_url is 'Main picture.';
comment on column core.article.media is 'What is attached: kind, url, title, details. Media addresses of Telegram expire.';
comment on column core.article.links is 'Links out of the text: url, text, kind.';
comment on column core.article.editions is 'Language code to canonical URL of the same article in other languages.';
comment on column core.article.cited_source is 'The source which the article names as its own («з посиланням на …»), as written.';
comment on column core.article.language is 'ISO 639-1 of the text; und where undecidable.';
comment on column core.article.language_confidence is 'Probability that language is right, 0 to 1.';
comment on column core.article.views is 'View counter when last read; null when none is shown.';
comment on column core.article.reactions is 'Reaction to count when last read.';
comment on column core.article.forwarded_from is 'channel/id of the original post, or the name of a hidden origin; null when it is no forward.';
comment on column core.article.reply_to is 'channel/id of the post that it answers.';
comment on column core.article.edited is 'The channel marks the post as edited.';
comment on column core.article.revision is '1 for the text first seen, one more for each change of content (core.article_revision holds the earlier ones).';
comment on column core.article.first_seen_at is 'When the pipeline stored it first.';
comment on column core.article.updated_at is 'When the article really changed last; counters do not count.';
comment on column core.article.removed_at is 'When a visit found that the publisher took it away; null while it stands.';
comment on column core.article.announcement_id is 'The announcement that led to it (raw.announcement).';
comment on column core.article.page_id is 'The page (raw.page) whose bytes made this row.';
comment on column core.article.page_fetched_at is 'fetched_at of that page: its partition.';
comment on column core.article.parser_version is 'Source and version of the parser that made this row.';
comment on column core.article.run_id is 'The run (core.run) that wrote this row last.';
comment on column core.article.content_hash is 'SHA-256 of what a reader reads: title, lead, body, kinds of media. A change makes a revision.';
comment on column core.article.record_hash is 'SHA-256 of all other stable fields. A change updates the row without a revision.';
comment on column core.article.text_hash is 'SHA-256 of the normalised body, for exact duplicates; null without words.';
comment on column core.article.judged is 'False while the duplicate verdict on the present text is due.';

create table core.article_revision (
    article_id bigint not null references core.article on delete cascade,
    revision integer not null,
    title text,
    lead text,
    body text not null,
    body_kinds text[],
    modified_at timestamptz,
    seen_from timestamptz not null,
    seen_to timestamptz not null,
    cause text not null check (cause in ('publisher', 'parser')),
    page_id bigint not null,
    page_fetched_at timestamptz not null,
    parser_version text not null,
    primary key (article_id, revision)
);

comment on table core.article_revision is 'What an article said before a change of its content.';
comment on column core.article_revision.article_id is 'The article.';
comment on column core.article_revision.revision is 'Number of the revision that this text was.';
comment on column core.article_revision.title is 'Title of that revision.';
comment on column core.article_revision.lead is 'Lead of that revision.';
comment on column core.article_revision.body is 'Body of that revision.';
comment on column core.article_revision.body_kinds is 'Kinds of its lines; null when all are paragraphs.';
comment on column core.article_revision.modified_at is 'The publisher''s own time of change of that revision.';
comment on column core.article_revision.seen_from is 'When this text was stored.';
comment on column core.article_revision.seen_to is 'When it was found replaced.';
comment on column core.article_revision.cause is 'publisher: the page changed; parser: the page is the same and is read differently.';
comment on column core.article_revision.page_id is 'The page (raw.page) whose bytes made that revision.';
comment on column core.article_revision.page_fetched_at is 'fetched_at of that page: its partition.';
comment on column core.article_revision.parser_version is 'Parser that made that revision.';

create table core.article_reading (
    article_id bigint not null references core.article on delete cascade,
    read_at timestamptz not null,
    views bigint,
    reactions jsonb not null default '{}',
    primary key (article_id, read_at)
);

comment on table core.article_reading is 'View and reaction counters over time; a row only where they moved.';
comment on column core.article_reading.article_id is 'The article.';
comment on column core.article_reading.read_at is 'When the page with these counters was fetched.';
comment on column core.article_reading.views is 'View counter; null when none is shown.';
comment on column core.article_reading.reactions is 'Reaction to count.';

create table core.duplicate (
    article_id bigint primary key references core.article on delete cascade,
    original_id bigint not null references core.article on delete cascade,
    kind text not null check (kind in ('url', 'forward', 'exact', 'near', 'excerpt')),
    similarity real not null check (similarity between 0 and 1),
    reason text not null,
    judged_at timestamptz not null default clock_timestamp(),
    check (article_id <> original_id)
);

create index duplicate_original on core.duplicate (original_id);

comment on table core.duplicate is 'The verdict on each copy. An article that is not in here is an original; originals are never copies themselves.';
comment on column core.duplicate.article_id is 'The copy.';
comment on column core.duplicate.original_id is 'The earliest full text of the same.';
comment on column core.duplicate.kind is 'url: same canonical address; forward: Telegram says so; exact: same normalised text; near, excerpt: similar text.';
comment on column core.duplicate.similarity is '0 to 1; 1 for url, forward and exact.';
comment on column core.duplicate.reason is 'Why, for a person.';
comment on column core.duplicate.judged_at is 'When this verdict was reached.';

create table core.check_result (
    run_id bigint not null references core.run,
    name text not null,
    severity text not null check (severity in ('warn', 'fail')),
    breakers bigint not null,
    sample jsonb not null default '[]',
    checked_at timestamptz not null default clock_timestamp(),
    primary key (run_id, name)
);

comment on table core.check_result is 'History of the quality checks (sql/checks): one row a rule and run.';
comment on column core.check_result.run_id is 'The run (core.run).';
comment on column core.check_result.name is 'File name of the rule.';
comment on column core.check_result.severity is 'warn: a person should look; fail: the run fails.';
comment on column core.check_result.breakers is 'Rows that break the rule; 0 when it holds.';
comment on column core.check_result.sample is 'Up to ten of them.';
comment on column core.check_result.checked_at is 'When it was checked.';
