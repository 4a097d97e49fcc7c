"""Writes every dashboard into grafana/dashboards."""

from pathlib import Path

from grafana.as_code import dashboards

FOLDER = Path(__file__).parents[1] / "dashboards"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in dashboards.all_dashboards().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
