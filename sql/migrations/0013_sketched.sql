-- What was never entered has not to be looked for when it is entered.

alter table core.article
    add column sketched boolean not null default false;
comment on column core.article.sketched is 'A sketch of some text of it was entered; false: none has to be looked for when one is entered.';

update core.article
set sketched = true
where article_id in (select article_id from core.article_sketch);
