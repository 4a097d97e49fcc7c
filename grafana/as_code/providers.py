"""Провайдеры: what was bought, what came, what it costs, what broke."""

from grafana.as_code import boards
from grafana.as_code.boards import AREA
from grafana.as_code.district import MONTHS
from grafana.as_code.panels import bars, figure, grid
from grafana.as_code.queries import history, rows

# Contracts in force at the end of the range, of lines in the territory.
IN_FORCE = f"""\
{AREA},
bought AS (
  SELECT c.*, p.name_ru AS provider FROM contract c JOIN provider p ON p.id = c.provider_id
  JOIN line l ON l.id = c.line_id JOIN site s ON s.id = l.site_id JOIN locality y ON y.id = s.locality_id
  JOIN area ON area.id = y.territory_id
  WHERE c.provider_id IN (${{provider:sqlstring}})
    AND $__timeTo()::date >= coalesce(c.valid_from, '-infinity')
    AND $__timeTo()::date < coalesce(c.valid_to, 'infinity')
)"""
# What the last closed month said of every contract: printed with the verdict of its line.
MEASURED = f"""\
WITH {MONTHS},
last AS (SELECT * FROM months ORDER BY first_day DESC LIMIT 1),
measured AS (
  SELECT v.subject_id AS line, v.outcome, p.name_ru AS provider, k->>'number' AS number,
    (k->>'rate_bps')::bigint AS rate_bps, (k->>'median_bps')::bigint AS median_bps,
    (k->>'measured_percent')::int AS measured_percent, (k->>'contracted_rub_per_mbps')::float AS bought_rub,
    (k->>'measured_rub_per_mbps')::float AS measured_rub
  FROM last JOIN closed_verdict v ON v.territory_id = ${{territory:sqlstring}} AND v.period_kind = 'month'
    AND v.number = last.number AND v.kind = 'line'
  JOIN verdict_content c ON c.hash = v.hash
  CROSS JOIN json_array_elements(c.content::json->'printed'->'contracts') k
  JOIN provider p ON p.id = k->>'provider'
  WHERE k->>'provider' IN (${{provider:sqlstring}})
)"""
BELOW = f"""
{MEASURED}
SELECT count(*) FILTER (WHERE median_bps < rate_bps) AS "Ниже договора",
  count(*) FILTER (WHERE median_bps >= rate_bps) AS "Не ниже",
  count(*) FILTER (WHERE median_bps IS NULL) AS "Не измерены"
FROM measured
"""
CONTRACTS = f"""
{MEASURED}
SELECT provider AS "Провайдер", line AS "Линия", number AS "Договор", rate_bps AS "По договору",
  median_bps AS "Измерено", measured_percent AS "Измерено от договора", bought_rub AS "Руб. за Мбит/с по договору",
  measured_rub AS "Руб. за Мбит/с на деле", outcome AS "Заключение"
FROM measured ORDER BY measured_percent NULLS LAST, provider, line
"""
SUMS = f"""
{IN_FORCE}
SELECT provider AS "Провайдер", count(DISTINCT line_id) AS "Линий", sum(rate_bps) AS "Куплено",
  sum(price_rub_month) AS "Руб. в месяц",
  round(1000000.0 * sum(price_rub_month) / sum(rate_bps) FILTER (WHERE price_rub_month IS NOT NULL), 2)::float
    AS "Руб. за Мбит/с"
FROM bought GROUP BY provider ORDER BY provider
"""
OUTAGES = f"""
{AREA}
SELECT date_trunc('day', o.started_at) AS time, p.name_ru AS provider,
  sum(extract(epoch FROM o.ended_at - o.started_at))::float AS "Простой"
FROM outage o JOIN contract c ON c.line_id = o.line_id AND o.started_at::date >= coalesce(c.valid_from, '-infinity')
  AND o.started_at::date < coalesce(c.valid_to, 'infinity')
JOIN provider p ON p.id = c.provider_id JOIN line l ON l.id = o.line_id JOIN site s ON s.id = l.site_id
JOIN locality y ON y.id = s.locality_id JOIN area ON area.id = y.territory_id
WHERE o.cause = 'provider' AND c.provider_id IN (${{provider:sqlstring}}) AND $__timeFilter(o.started_at)
GROUP BY 1, 2 ORDER BY 1
"""
INCIDENTS = f"""
WITH {MONTHS}
SELECT p.name_ru AS "Провайдер", (i->>'started_at')::timestamptz AS "Начало", (i->>'ended_at')::timestamptz AS "Конец",
  json_array_length(i->'lines') AS "Линий"
FROM months CROSS JOIN json_array_elements(summary->'incidents') i JOIN provider p ON p.id = i->>'provider'
WHERE i->>'provider' IN (${{provider:sqlstring}}) AND $__timeFilter((i->>'started_at')::timestamptz) ORDER BY 2 DESC
"""


def dashboard() -> str:
    last = "По закрытому месяцу: медиана полных измерений к пользователю рядом с договором. Ничего не решает."
    panels = [
        figure("Линии и договоры: последний закрытый месяц", rows(BELOW), width=24, about=last),
        grid(
            "Договоры в силе",
            rows(SUMS),
            units={"Куплено": "bps"},
            height=7,
        ),
        grid(
            "Куплено и получено",
            rows(CONTRACTS),
            units={"По договору": "bps", "Измерено": "bps", "Измерено от договора": "percent"},
            about=last,
        ),
        bars("Простои по вине провайдера", history(OUTAGES), unit="s"),
        grid("Аварии: несколько линий сразу", rows(INCIDENTS), width=12, height=9),
    ]
    variables = [boards.territory(), boards.choice("provider", "Провайдер", boards.PROVIDERS, many=True)]
    return boards.board("netmon-providers", "Провайдеры", panels, variables=variables, since="now-90d")
