-- History of the quality checks.
create view mart.check_result as
select run_id, name, severity, breakers, sample, checked_at
from core.check_result;

comment on view mart.check_result is 'History of the quality checks: one row a rule and run.';
comment on column mart.check_result.run_id is 'The run.';
comment on column mart.check_result.name is 'The rule: its file in sql/checks.';
comment on column mart.check_result.severity is 'warn or fail.';
comment on column mart.check_result.breakers is 'Rows that break the rule.';
comment on column mart.check_result.sample is 'Up to ten of them.';
comment on column mart.check_result.checked_at is 'When it was checked.';
