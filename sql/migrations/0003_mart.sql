-- The analysts' schema and their read-only role. The views themselves stand in sql/views and are made anew on each migrate.

create schema mart;
comment on schema mart is 'What analysts read: views with stable names. The role analyst sees this schema alone.';

-- the role belongs to the whole server: another database of it may have made it, or we may not be allowed to
do $$
begin
    if not exists (select from pg_roles where rolname = 'analyst') then
        create role analyst nologin;
    end if;
    comment on role analyst is 'Reads the views of mart and nothing else. Grant it to a login.';
exception
    when insufficient_privilege then
        raise warning 'the role analyst could not be created: ask the server''s administrator for it, then run migrate again';
    when duplicate_object or unique_violation then
        null;
end
$$;
