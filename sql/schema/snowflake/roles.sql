-- Warehouse, roles and rights that FlakeBench needs on Snowflake. For an administrator, to be run once by hand, in Snowsight for instance: "npm run init-db"
-- does not run it. Replace the names where yours differ:
--
--   FLAKEBENCH            database of the control tables; nothing that is benchmarked may be in it
--   TEST_RESULTS          their schema: CONTROL_DATABASE_SCHEMA, in upper case
--   FLAKEBENCH_CONTROL    warehouse of the control tables; no benchmark may run on it
--   FLAKEBENCH_OWNER      role for "npm run init-db", which owns the tables
--   FLAKEBENCH_APP        role for the server and its workers
--   FLAKEBENCH_TARGET     role for what is benchmarked, of the connections saved in FlakeBench
--   FLAKEBENCH_OWNER_USER, FLAKEBENCH_APP_USER, FLAKEBENCH_TARGET_USER
--                         the users who sign in with these roles: three, so that no sign-in opens more than it is for. A session can use every role of
--                         its user at once (secondary roles), whichever it signed in with: the control plane's sessions give that up, a benchmark's do not.
--                         Where it has to be one user, see the end of this file
--   BENCHMARK_WAREHOUSE, BENCHMARK_DATABASE, BENCHMARK_SCHEMA
--                         what is benchmarked
--
-- CONTROL_DATABASE_URL for init-db:   snowflake://…/FLAKEBENCH?warehouse=FLAKEBENCH_CONTROL&role=FLAKEBENCH_OWNER
-- CONTROL_DATABASE_URL for the rest:  snowflake://…/FLAKEBENCH?warehouse=FLAKEBENCH_CONTROL&role=FLAKEBENCH_APP
--
-- Hybrid tables exist on AWS and Azure, and not in trial accounts.

USE ROLE USERADMIN;
CREATE ROLE IF NOT EXISTS FLAKEBENCH_OWNER;
CREATE ROLE IF NOT EXISTS FLAKEBENCH_APP;
CREATE ROLE IF NOT EXISTS FLAKEBENCH_TARGET;

USE ROLE SYSADMIN;
-- Its statements are small: the smallest size will do. It is awake while a run goes on or somebody works in the console. Else each server, with a list of
-- runs open in a console or without, wakes it about once in ten minutes to see whether there is work, as does whatever asks for /health:
-- AUTO_SUSPEND has to be well below that.
CREATE WAREHOUSE IF NOT EXISTS FLAKEBENCH_CONTROL WAREHOUSE_SIZE = 'XSMALL' AUTO_SUSPEND = 60 AUTO_RESUME = TRUE INITIALLY_SUSPENDED = TRUE;
CREATE DATABASE IF NOT EXISTS FLAKEBENCH;
CREATE SCHEMA IF NOT EXISTS FLAKEBENCH.TEST_RESULTS;

USE ROLE SECURITYADMIN;
GRANT ROLE FLAKEBENCH_OWNER TO ROLE SYSADMIN;
GRANT ROLE FLAKEBENCH_APP TO ROLE SYSADMIN;
GRANT ROLE FLAKEBENCH_TARGET TO ROLE SYSADMIN;

-- init-db: makes tables, views and a stage, and owns them.
GRANT USAGE ON WAREHOUSE FLAKEBENCH_CONTROL TO ROLE FLAKEBENCH_OWNER;
GRANT USAGE ON DATABASE FLAKEBENCH TO ROLE FLAKEBENCH_OWNER;
GRANT USAGE, CREATE TABLE, CREATE HYBRID TABLE, CREATE VIEW, CREATE STAGE ON SCHEMA FLAKEBENCH.TEST_RESULTS TO ROLE FLAKEBENCH_OWNER;

-- Server and workers: rows and files, no definitions. Future grants, because init-db makes the tables only afterwards, and more with a later version.
GRANT USAGE ON WAREHOUSE FLAKEBENCH_CONTROL TO ROLE FLAKEBENCH_APP;
GRANT USAGE ON DATABASE FLAKEBENCH TO ROLE FLAKEBENCH_APP;
GRANT USAGE ON SCHEMA FLAKEBENCH.TEST_RESULTS TO ROLE FLAKEBENCH_APP;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA FLAKEBENCH.TEST_RESULTS TO ROLE FLAKEBENCH_APP;
GRANT SELECT, INSERT, UPDATE, DELETE ON FUTURE TABLES IN SCHEMA FLAKEBENCH.TEST_RESULTS TO ROLE FLAKEBENCH_APP;
GRANT SELECT ON ALL VIEWS IN SCHEMA FLAKEBENCH.TEST_RESULTS TO ROLE FLAKEBENCH_APP;
GRANT SELECT ON FUTURE VIEWS IN SCHEMA FLAKEBENCH.TEST_RESULTS TO ROLE FLAKEBENCH_APP;
-- READ comes first: WRITE cannot be granted without it.
GRANT READ ON ALL STAGES IN SCHEMA FLAKEBENCH.TEST_RESULTS TO ROLE FLAKEBENCH_APP;
GRANT WRITE ON ALL STAGES IN SCHEMA FLAKEBENCH.TEST_RESULTS TO ROLE FLAKEBENCH_APP;
GRANT READ ON FUTURE STAGES IN SCHEMA FLAKEBENCH.TEST_RESULTS TO ROLE FLAKEBENCH_APP;
GRANT WRITE ON FUTURE STAGES IN SCHEMA FLAKEBENCH.TEST_RESULTS TO ROLE FLAKEBENCH_APP;

GRANT ROLE FLAKEBENCH_OWNER TO USER FLAKEBENCH_OWNER_USER;
GRANT ROLE FLAKEBENCH_APP TO USER FLAKEBENCH_APP_USER;

-- What is benchmarked. MONITOR shows the warehouse's clusters and queues, and the statements of others on it, which enrich a run's history.
-- A benchmark that only reads needs no INSERT, UPDATE and DELETE; of views, dynamic and interactive tables no more than SELECT can be granted.
GRANT USAGE, MONITOR ON WAREHOUSE BENCHMARK_WAREHOUSE TO ROLE FLAKEBENCH_TARGET;
GRANT USAGE ON DATABASE BENCHMARK_DATABASE TO ROLE FLAKEBENCH_TARGET;
GRANT USAGE ON SCHEMA BENCHMARK_DATABASE.BENCHMARK_SCHEMA TO ROLE FLAKEBENCH_TARGET;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA BENCHMARK_DATABASE.BENCHMARK_SCHEMA TO ROLE FLAKEBENCH_TARGET;
GRANT SELECT ON ALL VIEWS IN SCHEMA BENCHMARK_DATABASE.BENCHMARK_SCHEMA TO ROLE FLAKEBENCH_TARGET;
GRANT SELECT ON ALL DYNAMIC TABLES IN SCHEMA BENCHMARK_DATABASE.BENCHMARK_SCHEMA TO ROLE FLAKEBENCH_TARGET;
GRANT ROLE FLAKEBENCH_TARGET TO USER FLAKEBENCH_TARGET_USER;

-- Where one user has more than one of these roles, its sessions begin with the one that they sign in with and no other:
-- ALTER USER FLAKEBENCH_USER SET DEFAULT_SECONDARY_ROLES = ();
