"""Парк и серверы: devices, measurement servers, jobs, what was refused."""

from grafana.as_code import boards
from grafana.as_code.boards import AREA
from grafana.as_code.panels import bars, figure, grid, lines, marked, shares
from grafana.as_code.queries import history, live, live_rows, rows

AGENTS = f"""
{AREA}
SELECT a.id AS "Устройство", b.line_id AS "Линия", s.address_ru AS "Адрес", a.software AS "Версия",
  a.enrolled_at AS "Подключено", b.last_seen_at AS "Последний сигнал",
  extract(epoch FROM $__timeTo()::timestamptz - b.last_seen_at)::float AS "Молчит"
FROM agent a JOIN binding b ON b.agent_id = a.id AND b.until IS NULL
JOIN line l ON l.id = b.line_id JOIN site s ON s.id = l.site_id JOIN locality y ON y.id = s.locality_id
JOIN area ON area.id = y.territory_id
WHERE a.revoked_at IS NULL ORDER BY b.last_seen_at NULLS FIRST, a.id
"""
VERSIONS = """
SELECT a.software AS "Версия", count(*) AS "Устройств" FROM agent a JOIN binding b ON b.agent_id = a.id
WHERE a.revoked_at IS NULL AND b.until IS NULL GROUP BY a.software ORDER BY a.software
"""
TRAFFIC = """
SELECT date_trunc('day', m.at) AS time, m.server_id AS server, sum(m.bytes)::float AS "Измерения"
FROM measurement m WHERE $__timeFilter(m.at) AND m.agent_id <> 'imported' GROUP BY 1, 2 ORDER BY 1
"""
ENDS = """
SELECT coalesce(m.reason, 'измерено') AS "Чем кончилось", count(*) AS "Измерений"
FROM measurement m WHERE $__timeFilter(m.at) AND m.agent_id <> 'imported' GROUP BY 1 ORDER BY 2 DESC, 1
"""
REJECTED = """
SELECT received_at AS "Когда", agent_id AS "Устройство", detail AS "Что не так", left(line, 200) AS "Начало записи"
FROM rejected ORDER BY received_at DESC, id DESC LIMIT 100
"""
QUARANTINE = """
SELECT agent_id AS "Устройство", count(*) AS "Записей", max(received_at) AS "Последняя"
FROM quarantine GROUP BY agent_id ORDER BY 3 DESC, 1
"""
JOBS = """
SELECT name AS "Задание", done_at AS "Выполнено", lease_until AS "Занято до" FROM job ORDER BY name
"""


def dashboard() -> str:
    panels = [
        figure("Линий на связи", live("sum(max by (territory) (netmon_territory_lines_up))", "линий")),
        figure("Линий всего", live("sum(netmon:territory_lines:sum)", "линий")),
        figure("Сессий сейчас", live("sum(netmon_server_sessions_running)", "сессий")),
        figure("Версия сборщика", live("max by (version) (netmon_build_info)", "{{version}}"), named=True),
        marked(
            lines("Бюджет серверов", live("netmon:server_budget_used:ratio", "{{instance}}"), unit="percentunit"),
            (0.0, "green"),
            (0.95, "red"),
        ),
        lines(
            "Отказы серверов",
            live("sum by (instance, reason) (increase(netmon_server_refusals_total[1h]))", "{{instance}} {{reason}}"),
            unit="short",
            about="За час.",
        ),
        lines(
            "Записи устройств",
            live("sum by (result) (rate(netmon_ingest_records_total[$__rate_interval]))", "{{result}}"),
            unit="reqps",
        ),
        lines(
            "Трафик серверов",
            live(
                "8 * sum by (instance, direction) (rate(netmon_server_payload_bytes_total[$__rate_interval]))",
                "{{instance}} {{direction}}",
            ),
            unit="bps",
        ),
        grid("Устройства", rows(AGENTS), units={"Молчит": "s"}, height=12),
        shares("Версии устройств", rows(VERSIONS), width=8),
        bars("Трафик измерений по дням", history(TRAFFIC), unit="decbytes", width=16),
        grid("Чем кончались измерения", rows(ENDS), width=8, height=9),
        grid("Непонятые записи", rows(REJECTED), width=16, height=9),
        grid(
            "Задания: сколько назад выполнены",
            live_rows("time() - max by (work) (netmon_job_last_success_timestamp_seconds)"),
            units={"Value": "s"},
            width=8,
            height=9,
        ),
        grid("Задания", rows(JOBS), width=8, height=9),
        grid("Двойники: одно имя у двух устройств", rows(QUARANTINE), width=8, height=9),
    ]
    return boards.board("netmon-fleet", "Парк и серверы", panels, variables=[boards.territory()], since="now-7d")
