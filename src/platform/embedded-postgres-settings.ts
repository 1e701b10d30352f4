/**
 * For a machine with 2 cores and 8 GB that stores tens of thousands of readings a second beside everything else.
 * What protects an acknowledged row (fsync, full_page_writes, synchronous_commit, data checksums) stays on.
 */
const SETTINGS: Record<string, string> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '100',
  cluster_name: 'gridguard',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '',
  log_min_error_statement: 'panic',

  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',

  shared_buffers: '256MB',
  effective_cache_size: '2GB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',

  // Few and slow checkpoints: each makes the first change of a page write the whole page to the log again.
  wal_buffers: '16MB',
  min_wal_size: '256MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  wal_compression: 'off',
  wal_writer_delay: '50ms',

  // Queues and cursors change the same few rows again and again, series are only ever appended to.
  autovacuum_naptime: '10s',
  autovacuum_vacuum_scale_factor: '0.05',
  autovacuum_vacuum_insert_scale_factor: '0.2',
  autovacuum_analyze_scale_factor: '0.05',
  autovacuum_vacuum_cost_limit: '1000',

  // Short statements on two cores gain nothing from either, and shared memory may be 64 MB in a container.
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  random_page_cost: '1.1',
};

/** `-c name=value` for each of ours, with `overrides` on top. */
export function settingArguments(socketDir: string, overrides: Record<string, string> = {}): string[] {
  const all = { ...SETTINGS, unix_socket_directories: socketDir, ...overrides };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
