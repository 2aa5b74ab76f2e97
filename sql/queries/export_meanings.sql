-- What the columns of an export mean: the comments on the same columns of the view that analysts read.
select attname as name, col_description(attrelid, attnum) as meaning
from pg_attribute
where attrelid = 'mart.article'::regclass and attnum > 0 and not attisdropped
