"""Whether the verdict of a pack is one of a closed period, and the link of the chain that shows it."""

from collections.abc import Iterator

from netmon.domain.closing import Link, root_hash
from netmon.domain.period import Period
from netmon.wire.canonical import content_hash
from netmon_collector.verifier.checks import Check, Result, checked
from netmon_collector.verifier.contents import Contents, EnclosedLink
from netmon_collector.verifier.phrases import Say


def check_closing(contents: Contents, say: Say) -> Check:
    """Whether the verdict is one of the closed period, and what to compare with the weekly mail."""
    link = contents.closing
    if link is None:
        text = say("the period was not closed when the pack was made: the figures could still change")
        return (
            checked(text, (say("the revision is {n}", n=contents.about.revision),))
            if contents.about.revision
            else (Check(Result.NOTED, text))
        )
    text = say(
        "the verdict with the closed period, revision {revision}; its link, to compare with the weekly mail: {hash}",
        revision=link.revision,
        hash=link.hash,
    )
    return checked(text, _unlike_closing(contents, link, say))


def _unlike_closing(contents: Contents, link: EnclosedLink, say: Say) -> Iterator[str]:
    if content_hash(contents.verdict) not in link.verdict_hashes:
        yield say("the verdict is not among those of the closed period")
    if root_hash(link.verdict_hashes) != link.root:
        yield say("the hashes of the verdicts do not give the root")
    if _link_hash(link) != link.hash:
        yield say("the link is not what its hash says")
    if content_hash(contents.policy_content) != link.policy_hash:
        yield say("the policy is not the one that the period was closed by")
    about = contents.about
    if (link.period, link.territory, link.revision, link.closed_at) != (
        about.period,
        about.territory,
        about.revision,
        about.as_of,
    ):
        yield say("the link is of another period, territory or revision")


def _link_hash(link: EnclosedLink) -> str | None:
    try:
        period = Period.parse(link.period)
    except ValueError:
        return None
    return Link(
        territory=link.territory,
        period=period,
        number=link.number,
        revision=link.revision,
        closed_at=link.closed_at,
        policy_hash=link.policy_hash,
        summary_hash=link.summary_hash,
        root=link.root,
        previous=link.previous,
    ).hash
