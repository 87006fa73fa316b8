/** Server settings for a queue on a machine that it shares. Durability stays at its safe defaults. */
export const embeddedSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  // Checkpoints follow time, not bursts of intake.
  max_wal_size: '4GB',
  // Statements are short and many; compiling them costs more than it saves.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  shared_preload_libraries: 'pg_stat_statements',
  // Values of rows and parameters can be secrets: no parameters, no details, no statement texts.
  'pg_stat_statements.track_utility': 'off',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  // One file per day of the week, in log/ of the data directory.
  logging_collector: 'on',
  log_filename: 'postgres-%a.log',
  log_truncate_on_rotation: 'on',
  log_rotation_age: '1d',
  log_rotation_size: '0',
};

/** For clusters that are thrown away: nothing has to outlive the machine. What is committed outlives a killed server all the same. */
export const throwAwaySettings: Readonly<Record<string, string>> = {
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '200',
};
