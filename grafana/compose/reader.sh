#!/bin/sh
# Runs once, in an empty database: an account for Grafana that can read nothing yet (see grants.sql).
set -eu
psql --set ON_ERROR_STOP=1 --set password="$(cat /run/secrets/grafana-reader-password)" \
    --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE grafana LOGIN PASSWORD :'password';
ALTER ROLE grafana SET default_transaction_read_only = on;
ALTER ROLE grafana SET statement_timeout = '30s';
SQL
