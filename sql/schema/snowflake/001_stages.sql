-- What only Snowflake has of the control schema.

-- Workers put their spooled executions here as files; COPY INTO query_executions takes them from here.
CREATE STAGE IF NOT EXISTS executions COMMENT = 'FlakeBench: executions on their way from the workers to QUERY_EXECUTIONS';
