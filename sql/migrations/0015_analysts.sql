-- A search for what many articles have looks the newest ones through, instead of all that have it; pages that were cut say so;
-- a reader's login has a time-out.

create index on core.article_search (published_at);

-- of a word that many articles have, those of a rare source or language: both indexes are asked, the articles of others are not read
create index on core.article_search (source, published_at);
create index on core.article_search (language, published_at);

create or replace function core.flush_search() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    part record;
begin
    for part in
        select indexrelid
        from pg_index
        join pg_inherits on inhrelid = indrelid
        join pg_class as class on class.oid = indexrelid
        join pg_am as method on method.oid = class.relam
        where inhparent = 'core.article_search'::regclass and amname = 'gin'
        union all
        select 'core.word_form_keys'::regclass
    loop
        perform gin_clean_pending_list(part.indexrelid);
    end loop;
end
$$;

alter table raw.page add column cut text;
comment on column raw.page.cut is 'Why these are the first bytes of the page alone, as WARC-Truncated says it: length, time, disconnect, unspecified; null when they are all.';

update raw.page
set cut = case outcome when 'too_large' then 'length' when 'unreachable' then 'time' else 'disconnect' end
from raw.announcement
where announcement.page_id = page.page_id
    and page_fetched_at = fetched_at
    and visited_at >= fetched_at
    and visited_at < fetched_at + interval '10 minutes'  -- a later visit failed without an answer
    and outcome in ('too_large', 'unreachable', 'truncated');

alter function core.grant_access() rename to grant_rights;
comment on function core.grant_rights is 'Grants the roles what they may do, on everything that is there by now.';

-- a role's settings do not pass to its members, so each login gets them; whoever has a time-out already keeps it
create function core.limit_readers() returns void
language plpgsql as $$
declare
    login record;
begin
    for login in
        select rolname
        from pg_roles
        where rolcanlogin
            and not rolsuper
            and rolname <> current_user
            and pg_has_role(oid, to_regrole('newswire_reader'), 'usage')
            and not pg_has_role(oid, to_regrole('newswire_writer'), 'usage')
            and not exists (
                select
                from pg_db_role_setting
                cross join unnest(setconfig) as setting
                where setrole = oid
                    and setdatabase in (0, (select oid from pg_database where datname = current_database()))
                    and setting like 'statement_timeout=%'
            )
    loop
        begin
            execute format('alter role %1$I in database %2$I set statement_timeout = ''60s'';'
                ' alter role %1$I in database %2$I set idle_in_transaction_session_timeout = ''10min'';'
                ' alter role %1$I in database %2$I set default_transaction_read_only = on',
                login.rolname, current_database());
        exception
            when insufficient_privilege then
                raise warning 'the login % reads without a time-out: %', login.rolname, sqlerrm;
            when deadlock_detected or internal_error or undefined_object then  -- somebody else changes or drops it at the same time
                raise notice 'the login % was left as it is: %', login.rolname, sqlerrm;
        end;
    end loop;
end
$$;
comment on function core.limit_readers is 'Gives the logins of readers a time-out and a read-only beginning in this database, where they have no time-out of their own.';

create function core.grant_access() returns void
language plpgsql as $$
begin
    perform core.grant_rights();
    perform core.limit_readers();
end
$$;
comment on function core.grant_access is 'Grants the roles what they may do, and gives the logins of readers their limits; called at the end of each migrate, by the owner.';
