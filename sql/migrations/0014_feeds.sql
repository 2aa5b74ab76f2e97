-- How each edition or channel does: the newest window that was asked of it, however many were.

create index coverage_newest on core.coverage (source, feed, asked_to desc, coverage_id desc) include (failure);
