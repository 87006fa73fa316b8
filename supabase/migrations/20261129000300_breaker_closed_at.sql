-- When the breaker was last closed: a fault that is told late, because the database did not take it the first time, must not open what another
-- worker's answered probe has closed since.
alter table push.projects add column breaker_closed_at timestamptz;
