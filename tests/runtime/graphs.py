"""Graphs of toys at random. Not in `toys`, which Ray's workers import: they need no hypothesis."""

from hypothesis import strategies as st

from neuralbrain.blueprint import Blueprint
from tests.runtime.toys import toy


@st.composite
def graphs(draw: st.DrawFn) -> Blueprint:
    """Any graph of up to six regions: many rates, delays, groups, self-loops, parallel projections."""
    count = draw(st.integers(1, 6))
    names = [f"r{i}" for i in range(count)]
    regions = []
    for i, name in enumerate(names):
        period = draw(st.one_of(st.none(), st.integers(1, 5))) if i else draw(st.integers(1, 3))
        phase = draw(st.integers(0, period - 1)) if period else 0
        group = f"g{draw(st.integers(0, count - 1))}"
        regions.append({"name": name, "group": group, "period": period, "phase": phase})
    ends = st.tuples(
        st.sampled_from(names),
        st.sampled_from(["up", "down"]),
        st.sampled_from(names),
        st.sampled_from(["left", "right"]),
        st.integers(1, 9),
    )
    projections = [
        {"from": f"{a}.{out}", "to": f"{b}.{into}", "delay": delay}
        for a, out, b, into, delay in draw(st.lists(ends, max_size=12))
    ]
    first = regions[0]
    period, phase = first["period"], first["phase"]
    stop_at = phase + period * draw(st.integers(0, 40))
    return toy(regions, projections, stop_at, stop_delay=draw(st.integers(1, 6)))
