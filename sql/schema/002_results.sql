-- What remains of a run. Hybrid where rows are changed one by one while others change theirs, or must not be there twice: of a standard table no key is
-- enforced, and a change locks all of it.

-- The run itself (test_id = run_id, worker_id null) and one child row a worker.
CREATE HYBRID TABLE IF NOT EXISTS test_results (
  test_id VARCHAR(100) NOT NULL,
  run_id VARCHAR(26) NOT NULL,
  worker_id VARCHAR(64),
  test_name VARCHAR(255) NOT NULL,
  template_id VARCHAR(26) NOT NULL,
  table_type VARCHAR(16) NOT NULL,
  table_name VARCHAR(1000) NOT NULL,
  warehouse VARCHAR(255),
  warehouse_size VARCHAR(64),
  load_mode VARCHAR(32) NOT NULL,
  scaling_mode VARCHAR(16) NOT NULL,
  worker_count INTEGER NOT NULL,
  target_connections INTEGER NOT NULL,
  status VARCHAR(16) NOT NULL,
  start_time TIMESTAMP_NTZ,
  end_time TIMESTAMP_NTZ,
  measured_seconds DOUBLE PRECISION,
  total_operations BIGINT,
  failed_operations BIGINT,
  cut_off_operations BIGINT,
  qps DOUBLE PRECISION,
  error_rate DOUBLE PRECISION,
  p50_latency_ms DOUBLE PRECISION,
  p95_latency_ms DOUBLE PRECISION,
  p99_latency_ms DOUBLE PRECISION,
  p999_latency_ms DOUBLE PRECISION,
  min_latency_ms DOUBLE PRECISION,
  max_latency_ms DOUBLE PRECISION,
  avg_latency_ms DOUBLE PRECISION,
  start_skew_ms DOUBLE PRECISION,
  client_limited_seconds DOUBLE PRECISION,
  latency_aggregation_method VARCHAR(32),
  by_kind VARIANT,
  errors_by_category VARIANT,
  latency VARIANT,
  accounting VARIANT,
  test_config VARIANT,
  find_max_result VARIANT,
  warehouse_config_snapshot VARIANT,
  enrichment_status VARCHAR(16),
  enrichment_error VARCHAR(1000),
  tags VARIANT,
  notes VARCHAR(4000),
  pinned BOOLEAN DEFAULT FALSE NOT NULL,
  deleted_at TIMESTAMP_NTZ,
  created_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  updated_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  CONSTRAINT test_results_pk PRIMARY KEY (test_id)
);

-- Operations that the driver sent again by itself; null: written before this was counted.
ALTER TABLE test_results ADD COLUMN IF NOT EXISTS retried_operations BIGINT;
ALTER TABLE test_results ADD COLUMN IF NOT EXISTS arrivals VARIANT;
ALTER TABLE test_results ADD COLUMN IF NOT EXISTS slos VARIANT;
ALTER TABLE test_results ADD COLUMN IF NOT EXISTS lost_workers VARIANT;

-- The run, a row an interval: the workers' snapshots added.
CREATE HYBRID TABLE IF NOT EXISTS metrics_snapshots (
  run_id VARCHAR(26) NOT NULL,
  interval_index INTEGER NOT NULL,
  start_ms DOUBLE PRECISION NOT NULL,
  end_ms DOUBLE PRECISION NOT NULL,
  phase VARCHAR(16) NOT NULL,
  operations_started BIGINT NOT NULL,
  total_operations BIGINT NOT NULL,
  error_count BIGINT NOT NULL,
  cut_off_count BIGINT NOT NULL,
  qps DOUBLE PRECISION NOT NULL,
  p50_latency_ms DOUBLE PRECISION,
  p95_latency_ms DOUBLE PRECISION,
  p99_latency_ms DOUBLE PRECISION,
  max_latency_ms DOUBLE PRECISION,
  latency VARIANT,
  by_kind VARIANT NOT NULL,
  errors_by_category VARIANT NOT NULL,
  active_connections INTEGER NOT NULL,
  target_connections INTEGER NOT NULL,
  workers_reported INTEGER NOT NULL,
  workers_expected INTEGER NOT NULL,
  client_health VARIANT NOT NULL,
  client_limited BOOLEAN NOT NULL,
  updated_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  CONSTRAINT metrics_snapshots_pk PRIMARY KEY (run_id, interval_index)
);

ALTER TABLE metrics_snapshots ADD COLUMN IF NOT EXISTS retried_operations BIGINT;
ALTER TABLE metrics_snapshots ADD COLUMN IF NOT EXISTS open_connections INTEGER;
ALTER TABLE metrics_snapshots ADD COLUMN IF NOT EXISTS arrivals VARIANT;

CREATE TABLE IF NOT EXISTS query_executions (
  execution_id VARCHAR(100) NOT NULL,
  run_id VARCHAR(26) NOT NULL,
  worker_id VARCHAR(64) NOT NULL,
  connection_id INTEGER,
  query_id VARCHAR(100),
  query_kind VARCHAR(32) NOT NULL,
  label VARCHAR(255),
  phase VARCHAR(16) NOT NULL,
  intended_start_ms DOUBLE PRECISION NOT NULL,
  start_ms DOUBLE PRECISION NOT NULL,
  end_ms DOUBLE PRECISION NOT NULL,
  rows_affected BIGINT,
  success BOOLEAN NOT NULL,
  error_category VARCHAR(32),
  error VARCHAR(1000),
  sf_total_elapsed_ms DOUBLE PRECISION,
  sf_compilation_ms DOUBLE PRECISION,
  sf_execution_ms DOUBLE PRECISION,
  sf_queued_overload_ms DOUBLE PRECISION,
  sf_queued_provisioning_ms DOUBLE PRECISION,
  sf_blocked_ms DOUBLE PRECISION,
  sf_bytes_scanned BIGINT,
  sf_rows_produced BIGINT,
  sf_cluster_number INTEGER
);

CREATE TABLE IF NOT EXISTS warehouse_poll_snapshots (
  run_id VARCHAR(26) NOT NULL,
  sequence_number INTEGER NOT NULL,
  recorded_at TIMESTAMP_NTZ NOT NULL,
  elapsed_seconds DOUBLE PRECISION NOT NULL,
  warehouse_name VARCHAR(255) NOT NULL,
  started_clusters INTEGER,
  running INTEGER,
  queued INTEGER,
  min_cluster_count INTEGER,
  max_cluster_count INTEGER,
  scaling_policy VARCHAR(32),
  raw_result VARIANT,
  CONSTRAINT warehouse_poll_snapshots_pk PRIMARY KEY (run_id, sequence_number)
);

CREATE TABLE IF NOT EXISTS controller_step_history (
  step_id VARCHAR(26) NOT NULL,
  run_id VARCHAR(26) NOT NULL,
  step_number INTEGER NOT NULL,
  step_type VARCHAR(16) NOT NULL,
  target_workers INTEGER,
  from_connections INTEGER,
  to_connections INTEGER,
  direction VARCHAR(8),
  start_time TIMESTAMP_NTZ,
  end_time TIMESTAMP_NTZ,
  duration_seconds DOUBLE PRECISION,
  total_queries BIGINT,
  qps DOUBLE PRECISION,
  target_qps DOUBLE PRECISION,
  p50_latency_ms DOUBLE PRECISION,
  p95_latency_ms DOUBLE PRECISION,
  p99_latency_ms DOUBLE PRECISION,
  error_count BIGINT,
  error_rate DOUBLE PRECISION,
  qps_vs_prior_percent DOUBLE PRECISION,
  p95_vs_baseline_percent DOUBLE PRECISION,
  queue_detected BOOLEAN,
  qps_error_percent DOUBLE PRECISION,
  outcome VARCHAR(32),
  stop_reason VARCHAR(1000),
  latency VARIANT,
  CONSTRAINT controller_step_history_pk PRIMARY KEY (step_id)
);

-- Of a find-max step: CLIMB, BISECT or CONFIRM. Moments in milliseconds from the agreed start; the figures are of observed_from_ms to end_ms.
ALTER TABLE controller_step_history ADD COLUMN IF NOT EXISTS purpose VARCHAR(16);
ALTER TABLE controller_step_history ADD COLUMN IF NOT EXISTS start_ms DOUBLE PRECISION;
ALTER TABLE controller_step_history ADD COLUMN IF NOT EXISTS observed_from_ms DOUBLE PRECISION;
ALTER TABLE controller_step_history ADD COLUMN IF NOT EXISTS end_ms DOUBLE PRECISION;
ALTER TABLE controller_step_history ADD COLUMN IF NOT EXISTS client_limited_seconds DOUBLE PRECISION;

CREATE OR REPLACE VIEW find_max_step_history AS
  SELECT step_id, run_id, step_number, target_workers, from_connections, to_connections, start_time, end_time, duration_seconds, total_queries, qps,
    p50_latency_ms, p95_latency_ms, p99_latency_ms, error_count, error_rate, qps_vs_prior_percent, p95_vs_baseline_percent, queue_detected, outcome,
    stop_reason, purpose, start_ms, observed_from_ms, end_ms, client_limited_seconds
  FROM controller_step_history
  WHERE step_type = 'FIND_MAX';

CREATE TABLE IF NOT EXISTS test_logs (
  log_id VARCHAR(26) NOT NULL,
  run_id VARCHAR(26) NOT NULL,
  worker_id VARCHAR(64),
  sequence_number INTEGER NOT NULL,
  recorded_at TIMESTAMP_NTZ NOT NULL,
  level VARCHAR(8) NOT NULL,
  source VARCHAR(64) NOT NULL,
  message VARCHAR(4000) NOT NULL,
  exception VARCHAR(8000),
  CONSTRAINT test_logs_pk PRIMARY KEY (log_id)
);

-- When the line was written, by which it is read on; recorded_at is when it was true.
ALTER TABLE test_logs ADD COLUMN IF NOT EXISTS inserted_at TIMESTAMP_NTZ;
