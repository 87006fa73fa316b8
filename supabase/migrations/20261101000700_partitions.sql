-- Partitions are made ahead of time; what has none lands in the default partition and is moved when its partition is made.

create table push.partition_plan (
  parent      text primary key,
  time_column text not null,
  every_days  integer not null check (every_days > 0)
);
insert into push.partition_plan (parent, time_column, every_days) values
  ('public.notifications', 'created_at', 7),
  ('push.decisions', 'decided_at', 1),
  ('push.deliveries', 'at', 1),
  ('push.attempts', 'at', 1);

-- Makes every partition that is missing from the one of `since` to the one of `until`. Returns how many it made.
create function push.ensure_partitions(since timestamptz default now() - interval '1 day', until timestamptz default now() + interval '8 days')
returns integer language plpgsql security definer set search_path = '' as $$
declare
  plan push.partition_plan;
  span interval;
  low timestamptz;
  high timestamptz;
  leaf text;
  made integer := 0;
begin
  perform pg_catalog.pg_advisory_xact_lock(7304123);
  perform pg_catalog.set_config('lock_timeout', '3s', true);
  for plan in select * from push.partition_plan order by parent loop
    span := make_interval(days => plan.every_days);
    low := to_timestamp(floor(extract(epoch from since) / (86400 * plan.every_days)) * 86400 * plan.every_days);
    while low < until loop
      high := low + span;
      leaf := split_part(plan.parent, '.', 2) || '_p' || to_char(low at time zone 'UTC', 'YYYYMMDD');
      if to_regclass('push.' || leaf) is null then
        execute format('lock table push.%I in access exclusive mode', split_part(plan.parent, '.', 2) || '_default');
        execute format('create table push.%I (like %s including defaults including constraints)', leaf, plan.parent);
        execute format(
          'with moved as (delete from push.%I where %I >= %L and %I < %L returning *) insert into push.%I select * from moved',
          split_part(plan.parent, '.', 2) || '_default', plan.time_column, low, plan.time_column, high, leaf);
        execute format('alter table %s attach partition push.%I for values from (%L) to (%L)', plan.parent, leaf, low, high);
        made := made + 1;
      end if;
      low := high;
    end loop;
  end loop;
  return made;
end $$;

-- Partitions of one parent with their range, oldest first.
create function push.partitions(of_parent text)
returns table (name text, low timestamptz, high timestamptz) language sql stable security definer set search_path = '' as $$
  select c.oid::regclass::text,
    (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''([^'']+)''\)'))[1]::timestamptz,
    (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)''\)'))[1]::timestamptz
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = of_parent::regclass and pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'
  order by 2
$$;

-- Retention: drops the partitions of one parent that end at or before `before`. Returns their names.
create function push.drop_partitions(of_parent text, before timestamptz)
returns setof text language plpgsql security definer set search_path = '' as $$
declare
  leaf text;
begin
  if not exists (select from push.partition_plan where parent = of_parent) then
    raise exception 'not a partitioned table of ours: %', of_parent using errcode = 'invalid_parameter_value';
  end if;
  perform pg_catalog.set_config('lock_timeout', '3s', true);
  for leaf in select p.name from push.partitions(of_parent) p where p.high <= before loop
    execute format('drop table %s', leaf);
    return next leaf;
  end loop;
end $$;

select push.ensure_partitions();
