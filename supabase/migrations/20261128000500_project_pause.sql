-- Who paused a provider project, when and why. `todoku project pause` says all of it; of plain SQL the role and the time are noted.
alter table push.projects add column paused_at timestamptz, add column paused_by text, add column paused_reason text;

create function push.note_project_pause() returns trigger language plpgsql set search_path = '' as $$
begin
  if not new.paused then
    new.paused_at := null;
    new.paused_by := null;
    new.paused_reason := null;
  elsif not old.paused and new.paused_at is null then
    new.paused_at := clock_timestamp();
    new.paused_by := 'sql:' || session_user;
  end if;
  return new;
end $$;
create trigger projects_note_pause before update of paused on push.projects
  for each row execute function push.note_project_pause();
revoke execute on function push.note_project_pause() from public;
