"""Whether the machine was the limit."""

from pathlib import Path

from netmon_agent.line.host import ProcessorTimes, host_load, processor_seconds


def test_processor_times_are_read_from_the_kernels_file(tmp_path: Path) -> None:
    file = tmp_path / "stat"
    file.write_text("cpu  10 20 30 400 50 6 7 8 9 10\ncpu0 1\n", encoding="ascii")
    times = ProcessorTimes.read(file)
    assert (times.total, times.idle, times.stolen) == (531, 450, 8)


def test_a_kernel_that_does_not_say_limits_nothing(tmp_path: Path) -> None:
    nothing = ProcessorTimes.read(tmp_path / "absent")
    assert not host_load(nothing, nothing, []).limited


def test_a_tenth_of_stolen_time_is_a_limit() -> None:
    load = host_load(ProcessorTimes(0, 0, 0), ProcessorTimes(100, 50, 10), [])
    assert load.steal == 0.1
    assert load.busy == 0.5
    assert load.limited


def test_late_ticks_are_a_doubt_very_late_ones_a_limit_and_a_single_one_is_neither() -> None:
    idle = ProcessorTimes(0, 0, 0), ProcessorTimes(100, 90, 0)
    late, very_late, once = (host_load(*idle, ticks) for ticks in ([0.020] * 10, [0.050] * 10, [0.001] * 19 + [0.5]))
    assert (late.late, late.limited) == (True, False)
    assert (very_late.late, very_late.limited) == (True, True)
    assert (once.late, once.limited) == (False, False)


def test_this_process_has_used_some_time() -> None:
    assert processor_seconds() > 0
