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

-- The version that a run was prepared with last: it is not changed in place any more.
ALTER TABLE test_templates ADD COLUMN IF NOT EXISTS used_version INTEGER;

-- Every version of a template as it was saved. The newest is test_templates.config as well.
CREATE HYBRID TABLE IF NOT EXISTS template_versions (
  template_id VARCHAR(26) NOT NULL,
  version INTEGER NOT NULL,
  config VARIANT NOT NULL,
  created_by VARCHAR(255),
  created_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  CONSTRAINT template_versions_pk PRIMARY KEY (template_id, version)
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

CREATE HYBRID TABLE IF NOT EXISTS users (
  user_id VARCHAR(26) NOT NULL,
  -- As it is told apart: in lower case.
  user_key VARCHAR(100) NOT NULL,
  user_name VARCHAR(100) NOT NULL,
  -- Parameters, salt and hash of scrypt; never a password.
  password_hash VARCHAR(500) NOT NULL,
  role VARCHAR(16) NOT NULL,
  is_disabled BOOLEAN DEFAULT FALSE NOT NULL,
  last_sign_in_at TIMESTAMP_NTZ,
  created_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  updated_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  CONSTRAINT users_pk PRIMARY KEY (user_id),
  CONSTRAINT users_key UNIQUE (user_key)
);

-- Who is signed in. The cookie's secret is kept as its SHA-256 alone.
CREATE HYBRID TABLE IF NOT EXISTS user_sessions (
  session_hash VARCHAR(64) NOT NULL,
  user_id VARCHAR(26) NOT NULL,
  created_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL,
  expires_at TIMESTAMP_NTZ NOT NULL,
  last_used_at TIMESTAMP_NTZ,
  CONSTRAINT user_sessions_pk PRIMARY KEY (session_hash),
  INDEX user_sessions_by_user (user_id)
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
-- Whose it is: it never may more than they, and ends with them. Null: made where no sign-in was needed.
ALTER TABLE api_tokens ADD COLUMN IF NOT EXISTS user_id VARCHAR(26);

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
