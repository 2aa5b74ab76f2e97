-- Web archives (WARC files) that were read, and how far: a reading that was broken off goes on from there.

create table raw.archive (
    archive_id bigint generated always as identity primary key,
    head_sha256 bytea not null,
    wanted text not null default '',
    name text not null,
    size bigint not null,
    position bigint not null default 0,
    counts jsonb not null default '{}',
    first_read_at timestamptz not null default clock_timestamp(),
    last_read_at timestamptz not null default clock_timestamp(),
    unique (head_sha256, wanted)
);

comment on table raw.archive is 'WARC files that were read, and how far; the position moves in the transaction that stores what was read.';
comment on column raw.archive.archive_id is 'Key; whoever reads the file holds the advisory lock (7473, archive_id).';
comment on column raw.archive.head_sha256 is 'SHA-256 of the file''s first MiB: what the file is known by, wherever it lies and while it still grows.';
comment on column raw.archive.wanted is 'Short name of the only publisher that was asked for; empty for all.';
comment on column raw.archive.name is 'Its name when it was read last.';
comment on column raw.archive.size is 'Its size in bytes when it was read last.';
comment on column raw.archive.position is 'Bytes that were read and stored: where the next record begins. Equal to size when it was read whole.';
comment on column raw.archive.counts is 'Records by what became of them: stored, elsewhere, known and so on.';
comment on column raw.archive.first_read_at is 'When it was read first.';
comment on column raw.archive.last_read_at is 'When records of it were stored last.';
