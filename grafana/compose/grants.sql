-- What the dashboards read, and nothing else: whoever may edit a panel sees what this account sees.
-- Tokens, enrolment codes and the contents of records stay out. Run it after every migration.
GRANT USAGE ON SCHEMA public TO grafana;
GRANT SELECT ON territory, locality, organisation, provider, site, occupancy, line, contract TO grafana;
GRANT SELECT ON closed_period, closed_verdict, verdict_content, line_day, entered_share TO grafana;
GRANT SELECT ON document, document_use, measurement, latency_window, outage, binding, rejected, job TO grafana;
GRANT SELECT (id, software, enrolled_at, revoked_at) ON agent TO grafana;
GRANT SELECT (agent_id, received_at) ON quarantine TO grafana;
