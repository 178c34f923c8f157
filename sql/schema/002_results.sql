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
-- Of the warmup: as by_kind is of the measurement.
ALTER TABLE test_results ADD COLUMN IF NOT EXISTS warmup_by_kind VARIANT;
-- What became of the record of single executions (see ExecutionsKept in the contract).
ALTER TABLE test_results ADD COLUMN IF NOT EXISTS executions VARIANT;
-- Equal for runs of the same configuration, whatever their name and seed.
ALTER TABLE test_results ADD COLUMN IF NOT EXISTS fingerprint VARCHAR(64);
ALTER TABLE test_results ADD COLUMN IF NOT EXISTS rerun_of VARCHAR(26);
-- When another installation's run was brought in here; null: it ran here.
ALTER TABLE test_results ADD COLUMN IF NOT EXISTS imported_at TIMESTAMP_NTZ;

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

-- execution_id is unique within its run: worker, attempt and number. All moments are milliseconds from the agreed start.
-- phase: in which it ended; counted: it started in the same one, so that it is in the figures, and not cut off.
ALTER TABLE query_executions ADD COLUMN IF NOT EXISTS counted BOOLEAN;
-- end_ms - intended_start_ms; in a closed loop the intended start is the start.
ALTER TABLE query_executions ADD COLUMN IF NOT EXISTS response_ms DOUBLE PRECISION;
ALTER TABLE query_executions ADD COLUMN IF NOT EXISTS retried BOOLEAN;
-- Of failures whose messages differ by values alone: the same (see normaliseError).
ALTER TABLE query_executions ADD COLUMN IF NOT EXISTS error_group VARCHAR(16);

-- The files of a run's spool that are in query_executions, each with what is in it.
CREATE HYBRID TABLE IF NOT EXISTS spool_files (
  run_id VARCHAR(26) NOT NULL,
  worker_id VARCHAR(64) NOT NULL,
  attempt INTEGER NOT NULL,
  file_number INTEGER NOT NULL,
  executions BIGINT NOT NULL,
  summary VARIANT NOT NULL,
  loaded_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  CONSTRAINT spool_files_pk PRIMARY KEY (run_id, worker_id, attempt, file_number)
);

-- The statements of a run, once, and not with each execution.
CREATE HYBRID TABLE IF NOT EXISTS run_statements (
  run_id VARCHAR(26) NOT NULL,
  operation_index INTEGER NOT NULL,
  query_kind VARCHAR(32) NOT NULL,
  label VARCHAR(255) NOT NULL,
  operation_type VARCHAR(8) NOT NULL,
  statement_text VARCHAR NOT NULL,
  CONSTRAINT run_statements_pk PRIMARY KEY (run_id, operation_index)
);

-- Figures that are made once, when a run is over, so that no page has to reckon them: content by name (see RunFigures in the contract).
CREATE HYBRID TABLE IF NOT EXISTS run_figures (
  run_id VARCHAR(26) NOT NULL,
  figure VARCHAR(32) NOT NULL,
  content VARIANT NOT NULL,
  made_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  CONSTRAINT run_figures_pk PRIMARY KEY (run_id, figure)
);

-- What the system under test has recorded of a run, source by source: whether it is here yet, and what of it is no execution's own.
CREATE HYBRID TABLE IF NOT EXISTS enrichments (
  run_id VARCHAR(26) NOT NULL,
  source VARCHAR(32) NOT NULL,
  status VARCHAR(16) NOT NULL,
  note VARCHAR(1000),
  matched BIGINT,
  expected BIGINT,
  attempts INTEGER DEFAULT 0 NOT NULL,
  due_at TIMESTAMP_NTZ,
  claimed_until TIMESTAMP_NTZ,
  content VARIANT,
  updated_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  CONSTRAINT enrichments_pk PRIMARY KEY (run_id, source),
  INDEX enrichments_by_due (status, due_at)
);
-- Looks in a row at which the system under test could not be asked; null: 0.
ALTER TABLE enrichments ADD COLUMN IF NOT EXISTS failures INTEGER;

-- Statistics of the system under test, as they were at one moment of a run.
CREATE HYBRID TABLE IF NOT EXISTS sut_statistics (
  run_id VARCHAR(26) NOT NULL,
  moment VARCHAR(16) NOT NULL,
  -- Milliseconds from the agreed start; null: before it.
  at_ms DOUBLE PRECISION,
  content VARIANT NOT NULL,
  CONSTRAINT sut_statistics_pk PRIMARY KEY (run_id, moment)
);

-- Rows of QUERY_HISTORY on their way into query_executions.
CREATE TABLE IF NOT EXISTS query_history_rows (
  run_id VARCHAR(26) NOT NULL,
  query_id VARCHAR(100) NOT NULL,
  total_elapsed_ms DOUBLE PRECISION,
  compilation_ms DOUBLE PRECISION,
  execution_ms DOUBLE PRECISION,
  queued_overload_ms DOUBLE PRECISION,
  queued_provisioning_ms DOUBLE PRECISION,
  blocked_ms DOUBLE PRECISION,
  bytes_scanned BIGINT,
  rows_produced BIGINT,
  cluster_number INTEGER
);
-- Of the look that fetched them (see enrichments.attempts): two servers may look at once, for a moment.
ALTER TABLE query_history_rows ADD COLUMN IF NOT EXISTS attempt INTEGER;

-- Who brings in which run from another installation, until when: two at once would mix their rows.
CREATE HYBRID TABLE IF NOT EXISTS bundle_imports (
  run_id VARCHAR(26) NOT NULL,
  claim_id VARCHAR(26) NOT NULL,
  claimed_until TIMESTAMP_NTZ NOT NULL,
  CONSTRAINT bundle_imports_pk PRIMARY KEY (run_id)
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
