"""Организация: its lines against threshold, limit and contract, and why the verdict is what it is."""

from grafana.as_code import boards
from grafana.as_code.boards import ORGANISATIONS as CHOICE
from grafana.as_code.panels import bars, grid, lines, marked, states
from grafana.as_code.queries import history, live, rows

LINES = """\
WITH own AS (
  SELECT DISTINCT l.id, l.ordinal FROM line l JOIN occupancy o ON o.site_id = l.site_id
  WHERE o.organisation_id = ${organisation:sqlstring}
)"""
VERDICT = """
SELECT p.first_day AS "Месяц", v.outcome AS "Заключение", v.short_by AS "Не хватает измерений",
  c.content::json->'printed'->>'share_percent' AS "Доля успешных, %", p.revision AS "Редакция",
  c.content::json->'printed'->'explanation'->>'ru' AS "Почему"
FROM (
  SELECT DISTINCT ON (territory_id, first_day) * FROM closed_period
  WHERE kind = 'month' AND territory_id = ${territory:sqlstring} ORDER BY territory_id, first_day, revision DESC
) p JOIN closed_verdict v ON v.territory_id = p.territory_id AND v.period_kind = 'month' AND v.number = p.number
JOIN verdict_content c ON c.hash = v.hash
WHERE v.kind = 'organisation' AND v.subject_id = ${organisation:sqlstring} ORDER BY p.first_day DESC
"""
WEEKS = """
SELECT p.first_day::timestamp AS time, v.outcome AS "Заключение"
FROM (
  SELECT DISTINCT ON (first_day) * FROM closed_period
  WHERE kind = 'week' AND territory_id = ${territory:sqlstring} ORDER BY first_day, revision DESC
) p JOIN closed_verdict v ON v.territory_id = p.territory_id AND v.period_kind = 'week' AND v.number = p.number
WHERE v.kind = 'organisation' AND v.subject_id = ${organisation:sqlstring} AND $__timeFilter(p.first_day::timestamp)
ORDER BY p.first_day
"""
RATES = f"""
{LINES}
SELECT m.at AS time, m.line_id AS line, m.rate_bps AS "Скорость", m.threshold_bps AS "Порог", m.limit_bps AS "Предел"
FROM measurement m JOIN own ON own.id = m.line_id
WHERE m.direction = 'down' AND m.kind = 'rate' AND $__timeFilter(m.at) ORDER BY m.at
"""
MEDIANS = f"""
{LINES}
SELECT d.day::timestamp AS time, d.line_id AS line, d.median_bps AS "Медиана дня", c.rate_bps AS "Договор"
FROM line_day d JOIN own ON own.id = d.line_id
LEFT JOIN contract c ON c.line_id = d.line_id AND d.day >= coalesce(c.valid_from, '-infinity')
  AND d.day < coalesce(c.valid_to, 'infinity')
WHERE $__timeFilter(d.day::timestamp) ORDER BY d.day
"""
DAYS = f"""
{LINES}
SELECT d.day::timestamp AS time, sum(d.passed) AS "Успешно", sum(d.failed) AS "Неуспешно",
  sum(d.line_down) AS "Из них линия лежала", sum(d.excluded) AS "Исключено"
FROM line_day d JOIN own ON own.id = d.line_id WHERE $__timeFilter(d.day::timestamp) GROUP BY d.day ORDER BY d.day
"""
AVAILABILITY = f"""
{LINES}
SELECT d.day::timestamp AS time, d.line_id AS line, d.up_s / nullif(d.up_s + d.down_s, 0) AS "Доступность",
  (d.up_s + d.down_s) / nullif(d.working_s, 0) AS "Известно"
FROM line_day d JOIN own ON own.id = d.line_id WHERE $__timeFilter(d.day::timestamp) ORDER BY d.day
"""
LATENCY = f"""
{LINES}
SELECT w.started_at AS time, w.line_id || ' — ' || w.target AS target, w.rtt_median_s AS "Медиана",
  w.rtt_p95_s AS "95 %"
FROM latency_window w JOIN own ON own.id = w.line_id WHERE $__timeFilter(w.started_at) ORDER BY w.started_at
"""
LOSS = f"""
{LINES}
SELECT w.started_at AS time, w.line_id || ' — ' || w.target AS target, w.lost::float / nullif(w.sent, 0) AS "Потери"
FROM latency_window w JOIN own ON own.id = w.line_id WHERE $__timeFilter(w.started_at) ORDER BY w.started_at
"""
OUTAGES = f"""
{LINES}
SELECT o.line_id AS "Линия", o.started_at AS "Начало", o.ended_at AS "Конец",
  extract(epoch FROM o.ended_at - o.started_at)::float AS "Длительность",
  CASE o.cause WHEN 'provider' THEN 'провайдер' WHEN 'nic' THEN 'нет связи с устройством'
    WHEN 'gateway' THEN 'маршрутизатор школы' ELSE 'дальше линии' END
    AS "Где"
FROM outage o JOIN own ON own.id = o.line_id WHERE $__timeFilter(o.started_at) ORDER BY o.started_at DESC
"""
EXCLUDED = f"""
{LINES}
SELECT reason.key AS "Причина", sum(reason.value::int) AS "Измерений"
FROM line_day d JOIN own ON own.id = d.line_id CROSS JOIN json_each_text(d.excluded_by_reason::json) reason
WHERE $__timeFilter(d.day::timestamp) GROUP BY reason.key ORDER BY 2 DESC, 1
"""
CONTRACTS = f"""
{LINES}
SELECT c.line_id AS "Линия", p.name_ru AS "Провайдер", c.number AS "Договор", c.rate_bps AS "Скорость",
  c.price_rub_month AS "Цена, руб./мес.", c.valid_from AS "С", c.valid_to AS "До (не включая)"
FROM contract c JOIN own ON own.id = c.line_id JOIN provider p ON p.id = c.provider_id ORDER BY own.ordinal, c.ordinal
"""
OWN = f"""
{LINES}
SELECT id AS __value, id AS __text FROM own ORDER BY ordinal
"""
_ANSWERS = 'max by (line) (netmon_line_up{line=~"$line"})'


def dashboard() -> str:
    panels = [
        states("Заключения по неделям", rows(WEEKS)),
        grid("Заключения по месяцам", rows(VERDICT), height=7),
        lines(
            "Скорость к пользователю", history(RATES), unit="bps", about="Порог и предел — какими были при измерении."
        ),
        lines("Медианы дней и договор", history(MEDIANS), unit="bps"),
        bars("Измерения по дням", history(DAYS), unit="short"),
        grid("Почему исключены", rows(EXCLUDED), width=12, height=9),
        marked(lines("Доступность в рабочее время", history(AVAILABILITY), unit="percentunit"), (0.99, "green")),
        grid("Простои", rows(OUTAGES), units={"Длительность": "s"}, width=12, height=9),
        lines("Задержка", history(LATENCY), unit="s"),
        marked(lines("Потери", history(LOSS), unit="percentunit"), (0.0, "green"), (0.01, "red")),
        grid("Договоры", rows(CONTRACTS), units={"Скорость": "bps"}, width=12, height=7),
        lines("На связи", live(_ANSWERS, "{{line}}"), unit="none", height=7),
    ]
    variables = [
        boards.territory(),
        boards.choice("organisation", "Организация", CHOICE),
        boards.choice("line", "Линия", OWN, many=True),
    ]
    return boards.board("netmon-organisation", "Организация", panels, variables=variables, since="now-30d")
