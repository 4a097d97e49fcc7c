"""HTML to PDF, with the fonts that netmon brings; the same HTML is the same bytes."""

from netmon_collector.charts.png import font_files

_FACES = (("normal", "normal"), ("bold", "normal"), ("normal", "italic"))


def font_faces() -> str:
    """The style sheet that names the packaged fonts. Raises FontError when one is missing."""
    return "".join(
        f'@font-face {{ font-family: "PT Sans"; font-weight: {weight}; font-style: {style}; '
        f'src: url("{path.as_uri()}") }}\n'
        for (weight, style), path in zip(_FACES, font_files(), strict=True)
    )


def pdf_of(html: str, *, identifier: str) -> bytes:
    """The PDF; `identifier` stands in it in place of a random one."""
    # Loading it takes a third of a second, which no other command should wait for.
    from weasyprint import HTML  # noqa: PLC0415
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    document = HTML(string=html).render(font_config=FontConfiguration())
    written: bytes = document.write_pdf(pdf_identifier=identifier.encode(), uncompressed_pdf=False)
    return written
