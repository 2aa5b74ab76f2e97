-- How well an article was read: how each field was found, what is missing, and a figure to filter by; whether it is in two languages.

alter table core.article
    add column is_mixed boolean not null default false,
    add column parse_method text,
    add column found_by jsonb not null default '{}',
    add column missing text[] not null default '{}',
    add column quality real check (quality between 0 and 1);

comment on column core.article.is_mixed is 'A good part of the text is in a second language.';
comment on column core.article.parse_method is 'How the text was found: rules (the source''s own), semantic, density, json_ld, trafilatura, post; null until read by a parser that says so.';
comment on column core.article.found_by is 'Field to how it was found: stated (JSON-LD, Open Graph, meta), printed, announced, rules and so on.';
comment on column core.article.missing is 'Fields that an article of its kind has as a rule and this one lacks.';
comment on column core.article.quality is '0 to 1: how complete the article is and how surely its fields were found (quality.py); null until read by a parser that says so.';
