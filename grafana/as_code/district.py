"""Район: the indicator, its organisations, what happens today."""

from grafana.as_code import boards
from grafana.as_code.boards import AREA, ORGANISATION_PAGE
from grafana.as_code.panels import bars, figure, grid, lines, marked, shares
from grafana.as_code.queries import history, live, live_rows, rows

# The newest revision of each closed month of the territory.
MONTHS = """\
months AS (
  SELECT DISTINCT ON (first_day) number, first_day, closed_at, revision, summary::json AS summary
  FROM closed_period WHERE territory_id = ${territory:sqlstring} AND kind = 'month'
  ORDER BY first_day, revision DESC
)"""
LAST_MONTH = f"""\
WITH {MONTHS},
last AS (SELECT * FROM months ORDER BY first_day DESC LIMIT 1)"""

INDICATOR = f"""
{LAST_MONTH}
SELECT (summary->'indicator'->>'numerator')::int AS "Соответствуют",
  (summary->'indicator'->>'upper_numerator')::int AS "Не более",
  (summary->'indicator'->>'denominator')::int AS "Всего",
  (summary->'indicator'->>'missing')::int AS "Не хватает до цели"
FROM last
"""
INDICATOR_BY_MONTH = f"""
WITH {MONTHS}
SELECT first_day::timestamp AS time,
  100.0 * (summary->'indicator'->>'numerator')::int / nullif((summary->'indicator'->>'denominator')::int, 0)
    AS "Показатель",
  100.0 * (summary->'indicator'->>'upper_numerator')::int / nullif((summary->'indicator'->>'denominator')::int, 0)
    AS "Верхняя оценка",
  (summary->'indicator'->>'target_percent')::float AS "Цель"
FROM months WHERE $__timeFilter(first_day::timestamp) ORDER BY first_day
"""
OUTCOMES = f"""
{LAST_MONTH}
SELECT v.outcome AS "Заключение", count(*) AS "Организаций"
FROM last JOIN closed_verdict v ON v.territory_id = ${{territory:sqlstring}} AND v.period_kind = 'month'
  AND v.number = last.number AND v.kind = 'organisation'
GROUP BY v.outcome ORDER BY v.outcome
"""
ORGANISATIONS = f"""
WITH {MONTHS},
last AS (SELECT * FROM months ORDER BY first_day DESC LIMIT 1),
before AS (SELECT * FROM months ORDER BY first_day DESC OFFSET 1 LIMIT 1)
SELECT v.subject_id AS "Код", o.name_ru AS "Организация", v.outcome AS "Заключение", w.outcome AS "Месяцем раньше",
  (c.content::json->'printed'->>'share_percent')::float AS "Доля успешных", v.short_by AS "Не хватает измерений",
  c.content::json->'printed'->'explanation'->>'ru' AS "Почему"
FROM last JOIN closed_verdict v ON v.territory_id = ${{territory:sqlstring}} AND v.period_kind = 'month'
  AND v.number = last.number AND v.kind = 'organisation'
JOIN verdict_content c ON c.hash = v.hash
LEFT JOIN organisation o ON o.id = v.subject_id
LEFT JOIN before ON true
LEFT JOIN closed_verdict w ON w.territory_id = v.territory_id AND w.period_kind = 'month'
  AND w.number = before.number AND w.kind = 'organisation' AND w.subject_id = v.subject_id
ORDER BY v.outcome = 'COMPLIANT', v.outcome, v.short_by NULLS LAST, v.subject_id
"""
DAYS = f"""
{AREA}
SELECT d.day::timestamp AS time, sum(d.passed) AS "Успешно", sum(d.failed) AS "Неуспешно",
  sum(d.excluded) AS "Исключено"
FROM line_day d JOIN line l ON l.id = d.line_id JOIN site s ON s.id = l.site_id
JOIN locality c ON c.id = s.locality_id JOIN area ON area.id = c.territory_id
WHERE $__timeFilter(d.day::timestamp) GROUP BY d.day ORDER BY d.day
"""
INCIDENTS = f"""
{LAST_MONTH}
SELECT coalesce(p.name_ru, i->>'provider', 'провайдер неизвестен') AS "Провайдер",
  (i->>'started_at')::timestamptz AS "Начало", (i->>'ended_at')::timestamptz AS "Конец",
  json_array_length(i->'lines') AS "Линий"
FROM last CROSS JOIN json_array_elements(summary->'incidents') i LEFT JOIN provider p ON p.id = i->>'provider'
ORDER BY 2
"""
_IN = '{territory="$territory"}'


def dashboard() -> str:
    by_month = "Закрытые месяцы, последняя редакция: то, что вошло в отчёты."
    panels = [
        figure("Показатель: последний закрытый месяц", rows(INDICATOR), width=12, about=by_month),
        figure("Сейчас", live(f"max(netmon:indicator:ratio{_IN})", "сейчас"), unit="percentunit"),
        figure("На связи сейчас", live(f"max(netmon:territory_lines_up:ratio{_IN})", "линий"), unit="percentunit"),
        marked(lines("Показатель по месяцам", history(INDICATOR_BY_MONTH), unit="percent", about=by_month)),
        shares("Организации по заключению", rows(OUTCOMES), about=by_month),
        lines(
            "Показатель сегодня",
            live(f"max(netmon:indicator:ratio{_IN})", "Показатель"),
            live(f"max(netmon:indicator_upper:ratio{_IN})", "Верхняя оценка", "B"),
            live(f"max(netmon:indicator_target:ratio{_IN})", "Цель", "C"),
            unit="percentunit",
            width=6,
        ),
        grid(
            "Организации: последний закрытый месяц",
            rows(ORGANISATIONS),
            units={"Доля успешных": "percent"},
            links={"Организация": ORGANISATION_PAGE},
            height=12,
        ),
        bars("Измерения по дням", history(DAYS), unit="short"),
        grid("Аварии провайдеров за месяц", rows(INCIDENTS), width=12, height=9),
        grid(
            "Молчат дольше часа",
            live_rows(f"sort_desc(netmon:line_silent:seconds{_IN} > 3600)"),
            units={"Value": "s"},
        ),
    ]
    return boards.board("netmon-district", "Район", panels, variables=[boards.territory()], since="now-1y")
