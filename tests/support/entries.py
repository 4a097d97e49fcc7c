"""What people enter, as the fields of a form."""

VALUE = {
    "indicator": "indicator-1",
    "at": "31.12.2019",
    "numerator": "3",
    "denominator": "17",
    "document": "Отчёт № 1",
    "author_role": "специалист",
}
FACT = {
    "of": "result-1.4",
    "at": "2020-12-25",
    "children": "110",
    "general_schools_percent": "6",
    "document": "Приказ № 1",
    "author_role": "специалист",
}
EXEMPTION = {
    "organisation": "school-01",
    "from": "2026-09-01",
    "reason": "Капитальный ремонт",
    "document": "Приказ № 7",
    "approver_role": "председатель комитета",
}
