"""Where a report comes from, so that it can be checked: revision, hashes, policy; and what is made up in it."""

from collections.abc import Iterator

from netmon_collector.report.content.words import Words


def notices(words: Words) -> Iterator[str]:
    """What must be known before any figure."""
    say, summary = words.book.say, words.summary
    if summary.policy is not None and summary.policy.accept_emulated:
        policy = words.of(summary.policy.name)
        yield (
            say("Demonstration.")
            + " "
            + say("The verdicts follow the policy “{policy}”, not the one in force.", policy=policy)
        )
    emulated = sum(one.emulated for one in summary.lines)
    if emulated:
        yield words.book.plural(
            "{n} line is emulated: its rate is made by a program, not by a provider.",
            "{n} lines are emulated: their rates are made by a program, not by a provider.",
            emulated,
        )
    if any(one.entered is not None and one.entered.illustrative for one in summary.trend):
        yield say("Earlier values of the trend are simulated: nobody measured or reported them.")
    if summary.registry.note is not None:
        yield words.of(summary.registry.note)
    if summary.closed is None:
        made = words.moment(summary.made_at)
        yield say("The period is not closed: these are the figures of {time}, and they may still change.", time=made)
    if summary.measuring_since is None:
        yield say("Nothing has been measured yet: without data no organisation counts as complying.")


def provenance(words: Words) -> Iterator[str]:
    """Sentences for the end of a report."""
    say, summary = words.book.say, words.summary
    made = words.moment(summary.made_at)
    if summary.closed is None:
        yield say("Judged on {time}, not closed.", time=made)
    else:
        yield say("The period was closed on {time}, revision {number}.", time=made, number=summary.closed.revision)
    name = summary.policy_id if summary.policy is None else words.of(summary.policy.name)
    yield say("Policy: {policy}.", policy=f"{name} ({summary.policy_id})" if summary.policy is not None else name)
    yield say("Times are local, shares and measured rates are rounded down.")


def hashes(words: Words) -> Iterator[tuple[str, str]]:
    """What whoever keeps the report can prove the period by."""
    say, summary = words.book.say, words.summary
    if summary.closed is not None:
        yield say("Root hash of the period (SHA-256)"), summary.closed.root
        yield say("Link {number} of the chain (SHA-256)", number=summary.closed.number), summary.closed.hash
    yield say("Policy (SHA-256)"), summary.policy_hash
