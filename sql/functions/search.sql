-- What analysts search with: the articles that a query asks for, the best first, with the place in the text where it matches.
create function mart.search(
    query text,
    from_day date default null,
    to_day date default null,
    languages text[] default null,
    sources text[] default null,
    originals boolean default false,
    most integer default 50,
    marks text[] default array['‹', '›']
)
returns table (
    article_id bigint,
    rank real,
    published_at timestamptz,
    outlet text,
    language text,
    title text,
    snippet text,
    url text,
    original_id bigint
)
-- as its owner, because analysts see nothing of core; and jit would compile for longer than a search takes
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set jit = off
as $$
declare
    most_ranked constant integer := 1000;  -- some 10 ms; whoever wants older ones of a very common word says to_day
    start constant timestamptz := coalesce(from_day::timestamp at time zone 'Europe/Kyiv', '-infinity');
    finish constant timestamptz := coalesce(to_day::timestamp at time zone 'Europe/Kyiv', 'infinity');
    asked record;
    part record;
    found record;
    numbers bigint[] := '{}';
    ranks real[] := '{}';
begin
    select * into asked from core.search_query(query);
    if asked.wanted is null then
        return;
    end if;
    for part in
        select child.oid::regclass as name, to_date(right(child.relname, 7), 'YYYY_MM')::timestamp at time zone 'UTC' as month
        from pg_inherits
        join pg_class as child on child.oid = inhrelid
        where inhparent = 'core.article_search'::regclass
        order by child.relname desc
    loop
        continue when part.month >= finish or part.month + interval '1 month' <= start;
        execute format(
            'select array_agg(article_id) as numbers, array_agg(ts_rank_cd(document, $1, 1)) as ranks'
            ' from ('
            '     select article_id, document'
            '     from %s as entry'
            '     where document @@ $1 and published_at >= $2 and published_at < $3'
            '         and ($4 is null or language = any($4)) and ($5 is null or source = any($5))'
            '         and not ($6 and exists (select from core.duplicate where duplicate.article_id = entry.article_id))'
            '     order by published_at desc'
            '     limit $7'
            ' ) as newest', part.name
        ) into found using asked.wanted, start, finish, languages, sources, originals, most_ranked - cardinality(numbers);
        numbers := numbers || found.numbers;
        ranks := ranks || found.ranks;
        exit when cardinality(numbers) >= most_ranked;
    end loop;
    return query
        with best as materialized (
            select
                candidate.number,
                -- a copy counts half, so that it comes behind its original
                round((candidate.rank / case when duplicate.original_id is null then 1 else 2 end)::numeric, 4)::real as rank,
                duplicate.original_id
            from unnest(numbers, ranks) as candidate (number, rank)
            left join core.duplicate on duplicate.article_id = candidate.number
        ), shown as materialized (
            select best.rank, best.original_id, article.*
            from best
            join core.article on article.article_id = best.number
            order by best.rank desc, best.original_id is not null, article.published_at desc, article.article_id desc
            limit most
        )
        select
            shown.article_id,
            shown.rank,
            shown.published_at,
            case when shown.time_origin = 'post' then '@' || shown.feed else shown.source end,
            shown.language,
            shown.title,
            core.snippet(concat_ws(e'\n', shown.lead, shown.body), pattern.of, marks),
            shown.url,
            shown.original_id
        from shown
        cross join (select core.search_pattern(asked.keys) as of) as pattern
        order by shown.rank desc, shown.original_id is not null, shown.published_at desc, shown.article_id desc;
end
$$;

comment on function mart.search is 'Full-text search. Words are found in all their forms, Ukrainian, Russian and English; "a phrase" (its words in this order, in any form), -without, or. Best first: a word counts most in the title, then in the lead; of equal ones originals before copies, then the newest. When more than 1,000 articles match, the newest 1,000 of them are ranked.
query: what to look for, up to 100 words.
from_day, to_day: published from this day on, and before that one; days of Kyiv.
languages, sources: only these, such as array[''uk'', ''en'']; null is all.
originals: without copies.
most: rows at most.
marks: what stands before and behind each word found in the snippet. When the first begins with <, the snippet is HTML, and what the article says is escaped in it; otherwise it is plain text, to be escaped by whoever shows it. The title is always plain text.
Columns as in mart.article; rank is greater than 0 (0 where the query only says what must not be there), snippet some 240 characters around the first word found, or the beginning.';

revoke execute on function mart.search from public;
