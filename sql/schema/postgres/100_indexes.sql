-- Of what is no hybrid table, and on Snowflake is found by its micro-partitions. One statement a block, as in the other files here.

CREATE INDEX IF NOT EXISTS test_logs_by_run ON test_logs (run_id, inserted_at, log_id)
--;
CREATE INDEX IF NOT EXISTS controller_step_history_by_run ON controller_step_history (run_id, step_number)
