-- Who may do what: newswire_reader reads mart and nothing else, newswire_writer runs the verbs. The role analyst becomes a reader.

-- roles belong to the whole server: another database of it may have made them, or we may not be allowed to
do $$
declare
    name text;
begin
    foreach name in array array['newswire_reader', 'newswire_writer'] loop
        begin
            if not exists (select from pg_roles where rolname = name) then
                execute format('create role %I nologin', name);
            end if;
        exception
            when insufficient_privilege then
                raise warning 'the role % could not be created: ask the server''s administrator for it, then run migrate again', name;
            when duplicate_object or unique_violation then
                null;
        end;
    end loop;
    comment on role analyst is 'A newswire_reader by its former name.';
    comment on role newswire_reader is 'Reads the schema mart of Newswire and nothing else.';
    comment on role newswire_writer is 'Runs the verbs of Newswire; migrations are for the owner.';
exception
    when insufficient_privilege or undefined_object then
        null;  -- said above
end
$$;

-- what makes partitions or works on an index does so as the owner of the tables
alter function raw.ensure_partitions(timestamptz, timestamptz) security definer set search_path = pg_catalog, pg_temp;
alter function core.ensure_sketch_partitions(date[]) security definer set search_path = pg_catalog, pg_temp;
alter function core.ensure_story_partitions(timestamptz[]) security definer set search_path = pg_catalog, pg_temp;
alter function core.ensure_search_partitions(timestamptz[]) security definer set search_path = pg_catalog, pg_temp;
alter function core.drop_sketches(timestamptz) security definer set search_path = pg_catalog, pg_temp;
alter function core.drop_story_keys(timestamptz) security definer set search_path = pg_catalog, pg_temp;
alter function core.flush_search() security definer set search_path = pg_catalog, pg_temp;

create function core.refresh_mart() returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
-- so much that a million links are counted without a sort on disk
set work_mem = '128MB' as $$
declare
    view record;
    refreshed integer := 0;
begin
    -- in one order, so that two at once wait for one another instead of for ever
    for view in select matviewname as name from pg_matviews where schemaname = 'mart' order by matviewname loop
        execute format('refresh materialized view concurrently mart.%I', view.name);
        refreshed := refreshed + 1;
    end loop;
    return refreshed;
end
$$;
comment on function core.refresh_mart is 'Brings the materialised views of mart up to date while they are read; returns how many there are.';

comment on schema mart is 'What analysts read: views and functions with stable names. The roles newswire_reader and analyst see this schema alone.';

create function core.grant_access() returns void
language plpgsql as $$
declare
    role text;
    statement text;
begin
    revoke all on all functions in schema raw, core, mart from public;
    foreach role in array array['newswire_reader', 'analyst', 'newswire_writer'] loop
        continue when not exists (select from pg_roles where rolname = role);
        execute format('grant usage on schema mart to %I', role);
        execute format('grant select on all tables in schema mart to %I', role);
        execute format('grant execute on all functions in schema mart to %I', role);
    end loop;
    if exists (select from pg_roles where rolname = 'newswire_writer') then
        grant usage on schema raw, core to newswire_writer;
        grant select, insert, update, delete on all tables in schema raw, core to newswire_writer;
        grant usage on all sequences in schema raw, core to newswire_writer;
        grant execute on all functions in schema raw, core to newswire_writer;
        grant select on public.newswire_migration to newswire_writer;
    end if;
    -- what is not ours alone: each is left as it is where we may not change it, and roles where they are as they should be
    foreach statement in array array[
        format('revoke temporary on database %I from public', current_database()),
        'revoke create on schema public from public',
        'revoke execute on function pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid), pg_catalog.lo_from_bytea(oid, bytea),'
            ' pg_catalog.lo_open(oid, integer), pg_catalog.lowrite(integer, bytea), pg_catalog.lo_put(oid, bigint, bytea) from public',
        case when not exists (
            select from pg_db_role_setting as known where known.setrole = to_regrole('newswire_reader') and known.setdatabase = 0
        ) then
            'alter role newswire_reader set statement_timeout = ''60s'';'
            ' alter role newswire_reader set idle_in_transaction_session_timeout = ''10min'';'
            ' alter role newswire_reader set default_transaction_read_only = on'
        end,
        case when not exists (
            select
            from pg_auth_members as known
            where known.roleid = to_regrole('newswire_reader') and known.member = to_regrole('analyst')
        ) then
            'grant newswire_reader to analyst'
        end,
        -- the Newswire page comes with the login of Airflow's processes, and lays their rights down
        case when not exists (
            select
            from pg_auth_members as known
            where known.roleid = to_regrole('analyst') and known.member = to_regrole('newswire_writer')
        ) then
            'grant analyst to newswire_writer'
        end
    ] loop
        continue when statement is null;
        begin
            execute statement;
        exception
            when insufficient_privilege or undefined_object or undefined_function then
                raise warning 'not done: %: %', statement, sqlerrm;
            when deadlock_detected or internal_error then  -- another database of the server is migrated at the same time, and does it
                raise notice 'not done: %: %', statement, sqlerrm;
        end;
    end loop;
end
$$;
comment on function core.grant_access is 'Grants the roles what they may do, on everything that is there by now; called at the end of each migrate, by the owner.';
