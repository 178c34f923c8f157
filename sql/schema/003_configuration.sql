-- What people set up.

CREATE HYBRID TABLE IF NOT EXISTS test_templates (
  template_id VARCHAR(26) NOT NULL,
  template_name VARCHAR(255) NOT NULL,
  description VARCHAR(1000),
  config VARIANT NOT NULL,
  version INTEGER DEFAULT 1 NOT NULL,
  usage_count INTEGER DEFAULT 0 NOT NULL,
  last_used_at TIMESTAMP_NTZ,
  created_by VARCHAR(255),
  deleted_at TIMESTAMP_NTZ,
  created_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  updated_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  CONSTRAINT test_templates_pk PRIMARY KEY (template_id)
);

-- One preparation of a template's value pools; template_value_pools.pool_id is its set_id.
CREATE HYBRID TABLE IF NOT EXISTS value_pool_sets (
  set_id VARCHAR(26) NOT NULL,
  template_id VARCHAR(26) NOT NULL,
  status VARCHAR(16) NOT NULL,
  seed INTEGER NOT NULL,
  values_planned INTEGER DEFAULT 0 NOT NULL,
  values_stored INTEGER DEFAULT 0 NOT NULL,
  error_message VARCHAR(1000),
  table_facts VARIANT,
  requested_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  prepared_at TIMESTAMP_NTZ,
  updated_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  CONSTRAINT value_pool_sets_pk PRIMARY KEY (set_id),
  INDEX value_pool_sets_by_template (template_id)
);

CREATE TABLE IF NOT EXISTS template_value_pools (
  template_id VARCHAR(26) NOT NULL,
  pool_id VARCHAR(26) NOT NULL,
  pool_kind VARCHAR(16) NOT NULL,
  column_name VARCHAR(255) NOT NULL,
  sequence_number INTEGER NOT NULL,
  pool_value VARIANT NOT NULL,
  CONSTRAINT template_value_pools_pk PRIMARY KEY (pool_id, pool_kind, column_name, sequence_number)
);

CREATE HYBRID TABLE IF NOT EXISTS connections (
  connection_id VARCHAR(26) NOT NULL,
  connection_name VARCHAR(100) NOT NULL,
  connection_type VARCHAR(16) NOT NULL,
  settings VARIANT NOT NULL,
  -- Sealed by the application (AES-256-GCM); never plain.
  credentials VARCHAR(8000),
  is_default BOOLEAN DEFAULT FALSE NOT NULL,
  version INTEGER DEFAULT 1 NOT NULL,
  created_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  updated_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  CONSTRAINT connections_pk PRIMARY KEY (connection_id),
  CONSTRAINT connections_name UNIQUE (connection_name)
);

CREATE HYBRID TABLE IF NOT EXISTS api_tokens (
  token_id VARCHAR(26) NOT NULL,
  token_name VARCHAR(100) NOT NULL,
  token_hash VARCHAR(255) NOT NULL,
  role VARCHAR(16) NOT NULL,
  created_by VARCHAR(255),
  created_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  expires_at TIMESTAMP_NTZ,
  last_used_at TIMESTAMP_NTZ,
  revoked_at TIMESTAMP_NTZ,
  CONSTRAINT api_tokens_pk PRIMARY KEY (token_id)
);

CREATE TABLE IF NOT EXISTS audit_log (
  audit_id VARCHAR(26) NOT NULL,
  recorded_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  actor VARCHAR(255) NOT NULL,
  action VARCHAR(100) NOT NULL,
  subject_id VARCHAR(100),
  outcome VARCHAR(16) NOT NULL,
  detail VARIANT,
  CONSTRAINT audit_log_pk PRIMARY KEY (audit_id)
);
