"""The documents of a pack: the act on paper and to edit, the drawings, the sheet that explains it."""

from collections.abc import Callable, Mapping
from pathlib import Path

from netmon_collector.charts.png import png
from netmon_collector.report.documents.act_fields import act_fields
from netmon_collector.report.documents.act_pdf import act_pdf
from netmon_collector.report.documents.fill import fill_document
from netmon_collector.report.documents.templates import Kind
from netmon_collector.report.evidence.charts import hours_drawing, rates_drawing
from netmon_collector.report.evidence.pack import Documents
from netmon_collector.report.evidence.readme import readme
from netmon_collector.verifier.contents import Contents
from netmon_collector.verifier.recompute import Recomputed
from netmon_collector.wording.language import Language


def pack_documents(folder: Path | None, warn: Callable[[str], object]) -> Documents:
    """What makes them, from the district's templates in a folder; `warn` hears of one that cannot be used."""

    def documents(contents: Contents, found: Recomputed, fingerprint: str) -> Mapping[str, bytes]:
        language = Language(contents.about.language)
        fields = act_fields(contents, found, fingerprint)
        rates, hours = rates_drawing(contents, found), hours_drawing(contents, found)
        act = fill_document(Kind.ACT, language, fields, folder=folder)
        if act.problem is not None:
            warn(act.problem)
        return {
            "act.pdf": act_pdf(fields, language, rates=rates, hours=hours),
            "act.docx": act.data,
            "charts/rates.png": png(rates),
            "charts/hours.png": png(hours),
            **{f"README.{one.value}.txt": readme(contents, found, fingerprint, one) for one in Language},
        }

    return documents
