"""Дорожная карта: the indicators by year against their targets, results and activities."""

from dataclasses import replace

from grafana.as_code import boards
from grafana.as_code.panels import grid, lines
from grafana.as_code.queries import Query, history, rows

IN_FORCE = """\
WITH map AS (
  SELECT d.content::json AS doc FROM document_use u JOIN document d ON d.kind = u.kind AND d.hash = u.hash
  WHERE u.kind = 'roadmap' ORDER BY u.number DESC LIMIT 1
)"""
TARGETS = f"""\
{IN_FORCE},
target AS (
  SELECT i->>'id' AS indicator, i->'title'->>'ru' AS title, i->>'source' AS source, t.key::int AS year,
    t.value::int AS percent
  FROM map CROSS JOIN json_array_elements(doc->'indicators') i CROSS JOIN json_each_text(i->'targets') t
)"""
BY_YEAR = f"""
{TARGETS},
entered AS (
  SELECT DISTINCT ON (indicator_id, extract(year FROM at)) indicator_id, extract(year FROM at)::int AS year,
    numerator, denominator, counted, illustrative
  FROM entered_share WHERE territory_id = ${{territory:sqlstring}}
  ORDER BY indicator_id, extract(year FROM at), at DESC
)
SELECT t.indicator AS "Показатель", t.title AS "Название", t.year AS "Год", t.percent AS "Цель",
  100.0 * e.numerator / e.denominator AS "Значение",
  CASE WHEN e.denominator IS NULL THEN NULL WHEN 100 * e.numerator >= t.percent * e.denominator THEN 'да' ELSE 'нет' END
    AS "Достигнуто",
  CASE WHEN e.illustrative THEN 'пример' WHEN e.counted IS NOT NULL THEN 'введено' END AS "Источник"
FROM target t LEFT JOIN entered e ON e.indicator_id = t.indicator AND e.year = t.year
ORDER BY t.indicator, t.year
"""
TARGET_LINE = f"""
{TARGETS}
SELECT make_date(year, 1, 1)::timestamp AS time, percent AS "Цель"
FROM target WHERE source = 'measured' ORDER BY year
"""
ENTERED_LINE = f"""
{IN_FORCE}
SELECT e.at::timestamp AS time, 100.0 * e.numerator / e.denominator AS "Введено"
FROM entered_share e JOIN map ON true CROSS JOIN json_array_elements(doc->'indicators') i
WHERE i->>'source' = 'measured' AND e.indicator_id = i->>'id' AND e.territory_id = ${{territory:sqlstring}}
ORDER BY e.at
"""
MEASURED_LINE = """
SELECT DISTINCT ON (first_day) first_day::timestamp AS time,
  100.0 * (summary::json->'indicator'->>'numerator')::int
    / nullif((summary::json->'indicator'->>'denominator')::int, 0) AS "Измерено"
FROM closed_period WHERE territory_id = ${territory:sqlstring} AND kind = 'month'
  AND summary::json->'indicator'->>'source' = 'measured' ORDER BY first_day, revision DESC
"""
RESULTS = f"""
{IN_FORCE}
SELECT r->>'number' AS "№", r->'title'->>'ru' AS "Результат", (r->>'due')::date AS "Срок",
  (r->>'due')::date - $__timeTo()::date AS "Осталось дней", r->>'indicator' AS "Решает показатель",
  (SELECT count(*) FROM json_array_elements(doc->'facts') f WHERE f->>'of' = r->>'id') AS "Фактов"
FROM map CROSS JOIN json_array_elements(doc->'results') r ORDER BY 3, 1
"""
ACTIVITIES = f"""
{IN_FORCE},
activity AS (
  SELECT a, (a->>'start')::date AS start, (a->>'end')::date AS due, $__timeTo()::date AS today,
    make_date(extract(year FROM (a->>'end')::date)::int, 12, 31) + (doc->>'year_closes_after_days')::int AS kept_until,
    (SELECT min((f->>'at')::date) FROM json_array_elements(doc->'facts') f
     WHERE f->>'of' = a->>'id' AND f->>'done' = 'true' AND (f->>'at')::date <= $__timeTo()::date) AS done
  FROM map CROSS JOIN json_array_elements(doc->'activities') a
)
SELECT a->>'number' AS "№", a->'title'->>'ru' AS "Мероприятие", due AS "Срок",
  CASE WHEN done IS NOT NULL THEN 'выполнено' WHEN today < start THEN 'предстоит' WHEN today <= due THEN 'в работе'
    WHEN today <= kept_until THEN 'просрочено' ELSE 'в архиве' END AS "Состояние",
  done AS "Выполнено", a->'responsible_role'->>'ru' AS "Ответственный", a->>'id' AS "Код"
FROM activity ORDER BY due, a->>'id'
"""


def _curves() -> list[Query]:
    texts = (TARGET_LINE, ENTERED_LINE, MEASURED_LINE)
    return [replace(history(text), letter=letter) for text, letter in zip(texts, "ABC", strict=True)]


def dashboard() -> str:
    panels = [
        lines(
            "Показатель 1 и его цели", *_curves(), unit="percent", width=24, about="Введённое и измеренное — порознь."
        ),
        grid(
            "Показатели по годам",
            rows(BY_YEAR),
            units={"Цель": "percent", "Значение": "percent"},
            about="Измеренное значение показателя 1 — на доске «Район».",
        ),
        grid("Результаты", rows(RESULTS), height=9),
        grid("Мероприятия", rows(ACTIVITIES), height=12),
    ]
    return boards.board(
        "netmon-roadmap", "Дорожная карта", panels, variables=[boards.territory()], since="2019-01-01T00:00:00.000Z"
    )
