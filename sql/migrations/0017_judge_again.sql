-- Verdicts that were left standing when a title, a lead or the editions of an article changed are reached again.

update core.article
set judged = false,
    judgement = null
where judged
    and (
        -- a change of title or lead alone
        revision > 1
        -- two editions, copies of one another or of a third
        or (editions <> '{}' and article_id in (select article_id from core.duplicate))
    );
