"""The samples of one transfer and the rates between them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Cumulative counts at one tick; `t_s` counts from the start of the transfer.

    `exact_bytes` is delivered payload plus its headers: exact while nothing is lost, but under loss it jumps when a
    hole closes. `segment_bytes` counts every delivered segment as a full one: steady under loss. `others_bytes` is
    what the interface carried beside this transfer. All three are IP-layer bytes.
    """

    t_s: float
    exact_bytes: int
    segment_bytes: int
    goodput_bytes: int
    others_bytes: int = 0
    lost: bool = False


ORIGIN = Sample(t_s=0.0, exact_bytes=0, segment_bytes=0, goodput_bytes=0)


class Series:
    """Samples in order of time, with the line's byte count at each.

    Until the first loss the exact count is used, which holds for segments of any size (a proxy's or loopback's);
    from then on, for the whole series, the count of segments.
    """

    def __init__(self, origin: Sample = ORIGIN) -> None:
        self.samples = [origin]

    def add(self, sample: Sample) -> None:
        self.samples.append(sample)

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def lost(self) -> bool:
        """Whether anything was lost so far."""
        return self.samples[-1].lost

    @property
    def duration_s(self) -> float:
        return self.samples[-1].t_s

    def own_bytes(self, index: int) -> int:
        """IP bytes of this transfer up to a sample."""
        sample = self.samples[index]
        return sample.segment_bytes if self.lost else sample.exact_bytes

    def line_bytes(self, index: int) -> int:
        """IP bytes of everybody up to a sample."""
        return self.own_bytes(index) + self.samples[index].others_bytes

    def _per_second(self, count: int, first: int, last: int) -> float:
        elapsed = self.samples[last].t_s - self.samples[first].t_s
        return count * 8 / elapsed if elapsed > 0 else 0.0

    def line_bps(self, first: int, last: int) -> float:
        """The rate of everybody's IP packets between two samples."""
        return self._per_second(self.line_bytes(last) - self.line_bytes(first), first, last)

    def own_bps(self, first: int, last: int) -> float:
        """The rate of this transfer's IP packets between two samples."""
        return self._per_second(self.own_bytes(last) - self.own_bytes(first), first, last)

    def goodput_bps(self, first: int, last: int) -> float:
        """The rate of TCP payload between two samples."""
        count = self.samples[last].goodput_bytes - self.samples[first].goodput_bytes
        return self._per_second(count, first, last)

    def batches(self, first: int, length_s: float) -> list[float]:
        """The line's rate in consecutive stretches of at least `length_s` from a sample on."""
        rates, start = [], first
        for index in range(first + 1, len(self.samples)):
            if self.samples[index].t_s - self.samples[start].t_s >= length_s - 1e-3:
                rates.append(self.line_bps(start, index))
                start = index
        return rates
