-- Where the run stands and what its workers are told: the control plane. One row a run, an event, a worker.

CREATE HYBRID TABLE IF NOT EXISTS run_status (
  run_id VARCHAR(26) NOT NULL,
  test_id VARCHAR(26) NOT NULL,
  template_id VARCHAR(26) NOT NULL,
  template_version INTEGER NOT NULL,
  run_number INTEGER NOT NULL,
  test_name VARCHAR(255) NOT NULL,
  scenario_config VARIANT NOT NULL,
  table_profile VARIANT,
  status VARCHAR(16) NOT NULL,
  phase VARCHAR(16) NOT NULL,
  -- Rises with every change of state; each change is a compare-and-set on it.
  version INTEGER DEFAULT 0 NOT NULL,
  -- The fence: every write of an orchestrator carries the epoch under which it claimed the run.
  orchestrator_id VARCHAR(64),
  orchestrator_epoch INTEGER DEFAULT 0 NOT NULL,
  lease_expires_at TIMESTAMP_NTZ,
  start_requested_at TIMESTAMP_NTZ,
  start_time TIMESTAMP_NTZ,
  warmup_start_time TIMESTAMP_NTZ,
  warmup_end_time TIMESTAMP_NTZ,
  measurement_end_time TIMESTAMP_NTZ,
  phase_start_time TIMESTAMP_NTZ,
  stop_requested_at TIMESTAMP_NTZ,
  end_time TIMESTAMP_NTZ,
  total_workers_expected INTEGER DEFAULT 1 NOT NULL,
  workers_registered INTEGER DEFAULT 0 NOT NULL,
  workers_ready INTEGER DEFAULT 0 NOT NULL,
  workers_active INTEGER DEFAULT 0 NOT NULL,
  workers_completed INTEGER DEFAULT 0 NOT NULL,
  total_ops BIGINT DEFAULT 0 NOT NULL,
  error_count BIGINT DEFAULT 0 NOT NULL,
  current_qps DOUBLE PRECISION,
  find_max_state VARIANT,
  qps_controller_state VARIANT,
  bounds_state VARIANT,
  guardrail_state VARIANT,
  worker_targets VARIANT,
  next_sequence_id INTEGER DEFAULT 1 NOT NULL,
  completion_reason VARCHAR(40),
  cancellation_reason VARCHAR(1000),
  created_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  updated_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  CONSTRAINT run_status_pk PRIMARY KEY (run_id),
  INDEX run_status_by_status (status),
  INDEX run_status_by_template (template_id),
  INDEX run_status_by_update (updated_at)
);

-- Where the owner takes what workers push straight to it; null: it takes none.
ALTER TABLE run_status ADD COLUMN IF NOT EXISTS orchestrator_url VARCHAR(255);
-- Who joined, left or was lost during the run, by worker id.
ALTER TABLE run_status ADD COLUMN IF NOT EXISTS fleet_notes VARIANT;
-- Of an open loop: who sends which arrivals, since the start.
ALTER TABLE run_status ADD COLUMN IF NOT EXISTS arrival_shares VARIANT;
-- The run whose end this one waits for, because both load the same.
ALTER TABLE run_status ADD COLUMN IF NOT EXISTS waits_for VARCHAR(26);
-- How far the processing after the load is; null: it has not begun.
ALTER TABLE run_status ADD COLUMN IF NOT EXISTS processing_state VARIANT;

CREATE HYBRID TABLE IF NOT EXISTS run_control_events (
  event_id VARCHAR(26) NOT NULL,
  run_id VARCHAR(26) NOT NULL,
  sequence_id INTEGER NOT NULL,
  event_type VARCHAR(32) NOT NULL,
  event_data VARIANT NOT NULL,
  created_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  CONSTRAINT run_control_events_pk PRIMARY KEY (event_id),
  CONSTRAINT run_control_events_sequence UNIQUE (run_id, sequence_id)
);

CREATE HYBRID TABLE IF NOT EXISTS worker_heartbeats (
  run_id VARCHAR(26) NOT NULL,
  worker_id VARCHAR(64) NOT NULL,
  worker_group_id INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  host VARCHAR(255),
  pid INTEGER,
  status VARCHAR(16) NOT NULL,
  phase VARCHAR(16) NOT NULL,
  last_heartbeat TIMESTAMP_NTZ NOT NULL,
  heartbeat_count INTEGER DEFAULT 0 NOT NULL,
  active_connections INTEGER DEFAULT 0 NOT NULL,
  target_connections INTEGER DEFAULT 0 NOT NULL,
  cpu_percent DOUBLE PRECISION,
  memory_bytes BIGINT,
  -- Sent since the start; equals ended plus cut off once the worker has completed.
  operations_started BIGINT DEFAULT 0 NOT NULL,
  queries_processed BIGINT DEFAULT 0 NOT NULL,
  error_count BIGINT DEFAULT 0 NOT NULL,
  operations_cut_off BIGINT DEFAULT 0 NOT NULL,
  snapshots_taken INTEGER DEFAULT 0 NOT NULL,
  applied_sequence_id INTEGER DEFAULT 0 NOT NULL,
  -- Actual first send minus the agreed start.
  start_offset_ms DOUBLE PRECISION,
  -- When it sent its last operation, milliseconds from the agreed start.
  last_sent_offset_ms DOUBLE PRECISION,
  clock_uncertainty_ms DOUBLE PRECISION,
  floor_ms DOUBLE PRECISION,
  last_error VARCHAR(1000),
  CONSTRAINT worker_heartbeats_pk PRIMARY KEY (run_id, worker_id)
);

-- Of what the worker may use; 100 is its limit.
ALTER TABLE worker_heartbeats ADD COLUMN IF NOT EXISTS cpu_used_percent DOUBLE PRECISION;
ALTER TABLE worker_heartbeats ADD COLUMN IF NOT EXISTS memory_used_percent DOUBLE PRECISION;
-- How late its arrival clock was before the start.
ALTER TABLE worker_heartbeats ADD COLUMN IF NOT EXISTS scheduling_p99_ms DOUBLE PRECISION;
-- Executions on its disk, those that it could not keep, and how its spool is; null: it keeps none.
ALTER TABLE worker_heartbeats ADD COLUMN IF NOT EXISTS spool_state VARCHAR(16);
ALTER TABLE worker_heartbeats ADD COLUMN IF NOT EXISTS executions_spooled BIGINT;
ALTER TABLE worker_heartbeats ADD COLUMN IF NOT EXISTS executions_dropped BIGINT;
-- The folder of all spools in which its own is, on its host.
ALTER TABLE worker_heartbeats ADD COLUMN IF NOT EXISTS spool_folder VARCHAR(1000);

CREATE HYBRID TABLE IF NOT EXISTS worker_metrics_snapshots (
  run_id VARCHAR(26) NOT NULL,
  worker_id VARCHAR(64) NOT NULL,
  attempt INTEGER NOT NULL,
  sequence_number INTEGER NOT NULL,
  worker_group_id INTEGER NOT NULL,
  worker_group_count INTEGER NOT NULL,
  interval_index INTEGER NOT NULL,
  start_ms DOUBLE PRECISION NOT NULL,
  end_ms DOUBLE PRECISION NOT NULL,
  phase VARCHAR(16) NOT NULL,
  operations_started BIGINT NOT NULL,
  total_queries BIGINT NOT NULL,
  error_count BIGINT NOT NULL,
  cut_off_count BIGINT NOT NULL,
  by_kind VARIANT NOT NULL,
  errors_by_category VARIANT NOT NULL,
  active_connections INTEGER NOT NULL,
  target_connections INTEGER NOT NULL,
  client_health VARIANT NOT NULL,
  recorded_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  CONSTRAINT worker_metrics_snapshots_pk PRIMARY KEY (run_id, worker_id, attempt, sequence_number),
  INDEX worker_metrics_snapshots_by_interval (run_id, interval_index)
);

-- Of total_queries, those that the driver sent again by itself; null: written before this was counted.
ALTER TABLE worker_metrics_snapshots ADD COLUMN IF NOT EXISTS retried_operations BIGINT;
ALTER TABLE worker_metrics_snapshots ADD COLUMN IF NOT EXISTS open_connections INTEGER;
-- Of an open loop; null in a closed one.
ALTER TABLE worker_metrics_snapshots ADD COLUMN IF NOT EXISTS arrivals VARIANT;
