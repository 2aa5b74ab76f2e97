-- Brings the materialised views of mart up to date.
select core.refresh_mart() as views
