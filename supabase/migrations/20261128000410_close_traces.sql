-- A trigger calls it whoever inserts; nobody else has to.
revoke execute on function push.keep_trace() from public;
