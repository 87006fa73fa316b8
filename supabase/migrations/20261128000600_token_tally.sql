-- How many tokens there are, by platform and state: the sum of these rows. Every statement that changes push_tokens adds its difference in its own
-- transaction, and a worker rolls them up. Counting the tokens themselves, every few seconds and for each scrape, read all of them.
create table push.token_tally (
  id       bigint generated always as identity primary key,
  platform text not null,
  state    text not null,
  n        bigint not null
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

create function push.tally_tokens() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    insert into push.token_tally (platform, state, n) select platform, state, count(*) from added group by platform, state;
  elsif tg_op = 'DELETE' then
    insert into push.token_tally (platform, state, n) select platform, state, -count(*) from gone group by platform, state;
  elsif tg_op = 'UPDATE' then
    insert into push.token_tally (platform, state, n)
    select platform, state, sum(n)
    from (select platform, state, 1 as n from added union all select platform, state, -1 from gone) both_sides
    group by platform, state having sum(n) <> 0;
  else
    insert into push.token_tally (platform, state, n)
    select platform, state, -sum(n) from push.token_tally group by platform, state having sum(n) <> 0;
  end if;
  return null;
end $$;
revoke execute on function push.tally_tokens() from public;

create trigger push_tokens_tally_insert after insert on public.push_tokens
  referencing new table as added for each statement execute function push.tally_tokens();
create trigger push_tokens_tally_update after update on public.push_tokens
  referencing old table as gone new table as added for each statement execute function push.tally_tokens();
create trigger push_tokens_tally_delete after delete on public.push_tokens
  referencing old table as gone for each statement execute function push.tally_tokens();
create trigger push_tokens_tally_truncate after truncate on public.push_tokens
  for each statement execute function push.tally_tokens();

-- No row changes between this count and the triggers' first: create trigger locks the table until the end of the migration.
insert into push.token_tally (platform, state, n) select platform, state, count(*) from public.push_tokens group by platform, state;

grant select, insert, update, delete on push.token_tally to todoku_worker;
grant usage on all sequences in schema push to todoku_worker;
