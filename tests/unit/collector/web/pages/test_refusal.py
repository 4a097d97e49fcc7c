"""A refusal says what happened and what to do, in the reader's language."""

import pytest

from netmon_collector.web.answers import STATUS
from netmon_collector.web.pages.shell.refusal import refusal_view
from netmon_collector.wording.language import Language

WITHOUT_MEND = {401}  # the page of signing in is what to do


@pytest.mark.parametrize("status", sorted({*STATUS.values(), 405, 500}))
@pytest.mark.parametrize("language", list(Language))
def test_every_refusal_says_what_to_do(status: int, language: Language) -> None:
    view = refusal_view(status, language)
    unforeseen = refusal_view(599, language).title
    assert (view.title == unforeseen) is (status == 500)
    assert (view.remedy is None) is (status in WITHOUT_MEND)
