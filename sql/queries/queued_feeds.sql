-- Editions and channels of which pages wait to be made into articles.
select distinct source, feed
from raw.unparsed
where source = any(%(sources)s)
order by source, feed
