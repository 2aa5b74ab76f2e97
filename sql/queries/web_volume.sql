-- Articles by day, source and language, of the days from one to another.
select day, source, language, articles
from mart.daily_volume
where day between %(first)s and %(last)s
