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
    most_phrases constant integer := 100;  -- each is looked up in the article itself: 9 µs for each that has the words anywhere
    probe constant integer := 200;  -- articles, half a millisecond
    often constant real := 0.25;  -- from here on the newest articles are looked through: 7 ms at most, where the index takes 4 to 20
    start constant timestamptz := coalesce(from_day::timestamp at time zone 'Europe/Kyiv', '-infinity');
    finish constant timestamptz := coalesce(to_day::timestamp at time zone 'Europe/Kyiv', 'infinity');
    newest_first constant text := 'select * from %s where published_at >= $2 and published_at < $3 order by published_at desc';
    wanted_ones constant text := 'document @@ $1'
        ' and ($4 is null or language = any($4)) and ($5 is null or source = any($5))'
        ' and not ($6 and exists (select from core.duplicate where duplicate.article_id = entry.article_id))';
    ranked constant text := 'select array_agg(article_id) as numbers, array_agg(published_at) as times,'
        ' array_agg(ts_rank_cd(document, $1, 1)) as ranks from (%s) as newest';
    -- through the index; the order is written so that no other index is taken for it
    through_index constant text := format(
        ranked,
        'select article_id, published_at, document from %1$s as entry where published_at >= $2 and published_at < $3 and ' || wanted_ones
            || ' order by extract(epoch from published_at) desc limit $7'
    );
    -- one article after the other
    through_articles constant text := format(
        ranked,
        'select article_id, published_at, document from (' || newest_first || ' limit $8) as entry where ' || wanted_ones || ' limit $7'
    );
    share_of_newest constant text := 'select avg((' || wanted_ones || ')::integer) from (' || newest_first || ' limit $7) as entry';
    share real := 1;  -- of the newest articles that match; asked for as long as it is high
    enough integer := most_ranked;
    pattern text;
    asked record;
    part record;
    found record;
    missing integer;
    is_enough boolean;
    numbers bigint[] := '{}';
    times timestamptz[] := '{}';
    ranks real[] := '{}';
begin
    select * into asked from core.search_query(query);
    if asked.wanted is null then
        return;
    end if;
    if asked.wanted::text like '%<%' then  -- keys are letters and digits
        enough := least(most_ranked, greatest(most_phrases, most));
    end if;
    for part in
        select child.oid::regclass as name, to_date(right(child.relname, 7), 'YYYY_MM')::timestamp at time zone 'UTC' as month
        from pg_inherits
        join pg_class as child on child.oid = inhrelid
        where inhparent = 'core.article_search'::regclass
        order by child.relname desc
    loop
        continue when part.month >= finish or part.month + interval '1 month' <= start;
        if share >= often then
            execute format(share_of_newest, part.name)
            into share using asked.wanted, start, finish, languages, sources, originals, probe;
            if share is null then  -- none of this month
                share := 1;
                continue;
            end if;
        end if;
        missing := enough - cardinality(numbers);
        is_enough := false;
        if share >= often then
            execute format(through_articles, part.name)
            into found using asked.wanted, start, finish, languages, sources, originals, missing, ceil(2 * missing / share)::integer;
            is_enough := coalesce(cardinality(found.numbers) >= missing, false);
        end if;
        -- also when what everybody writes of since yesterday was hardly written of before
        if not is_enough then
            execute format(through_index, part.name)
            into found using asked.wanted, start, finish, languages, sources, originals, missing;
        end if;
        numbers := numbers || found.numbers;
        times := times || found.times;
        ranks := ranks || found.ranks;
        exit when cardinality(numbers) >= enough;
    end loop;
    pattern := core.search_pattern(asked.keys);
    return query
        with matching as materialized (
            select
                candidate.number,
                candidate.at,
                -- a copy counts half, so that it comes behind its original
                round((candidate.rank / case when duplicate.original_id is null then 1 else 2 end)::numeric, 4)::real as rank,
                duplicate.original_id
            from unnest(numbers, times, ranks) as candidate (number, at, rank)
            left join core.duplicate on duplicate.article_id = candidate.number
        ), best as materialized (
            select *
            from matching
            order by matching.rank desc, matching.original_id is not null, matching.at desc, matching.number desc
            limit most
        )
        select
            article.article_id,
            best.rank,
            article.published_at,
            case when article.time_origin = 'post' then '@' || article.feed else article.source end,
            article.language,
            article.title,
            core.snippet(concat_ws(e'\n', article.lead, article.body), pattern, marks),
            article.url,
            best.original_id
        from best
        join core.article on article.article_id = best.number
        order by best.rank desc, best.original_id is not null, best.at desc, best.number desc;
end
$$;

comment on function mart.search is 'Full-text search. Words are found in all their forms, Ukrainian, Russian and English; "a phrase" (its words in this order, in any form), -without, or. Best first: a word counts most in the title, then in the lead; of equal ones originals before copies, then the newest. When more than 1,000 articles match, the newest 1,000 of them are ranked; of a phrase the newest 100.
query: what to look for, up to 100 words.
from_day, to_day: published from this day on, and before that one; days of Kyiv.
languages, sources: only these, such as array[''uk'', ''en'']; null is all.
originals: without copies.
most: rows at most.
marks: what stands before and behind each word found in the snippet. When the first begins with <, the snippet is HTML, and what the article says is escaped in it; otherwise it is plain text, to be escaped by whoever shows it. The title is always plain text.
Columns as in mart.article; rank is greater than 0 (0 where the query only says what must not be there), snippet some 240 characters around the first word found, or the beginning.';

revoke execute on function mart.search from public;
