-- Of what is no hybrid table, and on Snowflake is found by its micro-partitions. One statement a block, as in the other files here.

CREATE INDEX IF NOT EXISTS test_logs_by_run ON test_logs (run_id, inserted_at, log_id)
--;
CREATE INDEX IF NOT EXISTS controller_step_history_by_run ON controller_step_history (run_id, step_number)
--;
CREATE INDEX IF NOT EXISTS query_executions_by_end ON query_executions (run_id, end_ms, execution_id)
--;
CREATE INDEX IF NOT EXISTS query_executions_by_response ON query_executions (run_id, response_ms, execution_id)
--;
CREATE INDEX IF NOT EXISTS query_executions_by_label ON query_executions (run_id, label, end_ms, execution_id)
--;
CREATE INDEX IF NOT EXISTS query_executions_by_label_response ON query_executions (run_id, label, response_ms, execution_id)
--;
CREATE INDEX IF NOT EXISTS query_executions_by_worker ON query_executions (run_id, worker_id, end_ms, execution_id)
--;
CREATE INDEX IF NOT EXISTS query_executions_cut_off ON query_executions (run_id, end_ms, execution_id) WHERE NOT counted
--;
CREATE INDEX IF NOT EXISTS query_executions_failed ON query_executions (run_id, end_ms, execution_id) WHERE NOT success
--;
CREATE INDEX IF NOT EXISTS query_executions_failed_by_response ON query_executions (run_id, response_ms, execution_id) WHERE NOT success
--;
-- Of failures alone, few as they are, one for each order in which they are listed: the planner takes these for far fewer still, and would sort them all.
CREATE INDEX IF NOT EXISTS query_executions_failed_by_group ON query_executions (run_id, error_group, end_ms, execution_id) WHERE NOT success
--;
CREATE INDEX IF NOT EXISTS query_executions_failed_by_group_response ON query_executions (run_id, error_group, response_ms, execution_id)
  WHERE NOT success
--;
CREATE INDEX IF NOT EXISTS query_executions_failed_by_category ON query_executions (run_id, error_category, end_ms, execution_id) WHERE NOT success
--;
CREATE INDEX IF NOT EXISTS query_executions_failed_by_category_response ON query_executions (run_id, error_category, response_ms, execution_id)
  WHERE NOT success
--;
CREATE INDEX IF NOT EXISTS query_executions_failed_by_label ON query_executions (run_id, label, end_ms, execution_id) WHERE NOT success
--;
CREATE INDEX IF NOT EXISTS query_executions_failed_by_label_response ON query_executions (run_id, label, response_ms, execution_id)
  WHERE NOT success
--;
CREATE INDEX IF NOT EXISTS query_executions_failed_by_worker ON query_executions (run_id, worker_id, end_ms, execution_id) WHERE NOT success
--;
CREATE INDEX IF NOT EXISTS query_executions_by_query_id ON query_executions (run_id, query_id) WHERE query_id IS NOT NULL
--;
CREATE INDEX IF NOT EXISTS query_history_rows_by_run ON query_history_rows (run_id, query_id)
