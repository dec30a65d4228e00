import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.engine.training import network
from isocost.engine.training.network import Links


def links(inside=400e9, outside=40e9, domain=8.0, inside_latency=0.0, outside_latency=0.0, rails=1.0, mesh=0):
    values = (inside, outside, domain, inside_latency, outside_latency, rails, mesh)
    return Links(*(np.array([value]) for value in values))


def array(value):
    return np.array([float(value)])


def test_a_group_of_one_sends_nothing():
    assert network.gather_seconds(array(1e9), array(1), array(1), links()) == 0.0
    assert network.exchange_seconds(array(1e9), array(1), array(1), array(1), links()) == 0.0


def test_a_gather_inside_a_domain_moves_all_but_its_own_part():
    seconds = network.gather_seconds(array(8e9), array(8), array(1), links())
    assert seconds == pytest.approx(7e9 / 400e9)


def test_a_ring_across_domains_uses_the_cards_of_all_its_members():
    whole = network.ring_bandwidth(array(16), network.members_inside(array(16), array(1), links()), links())
    strided = network.ring_bandwidth(array(16), network.members_inside(array(16), array(8), links()), links())
    assert whole == pytest.approx(320e9)
    assert strided == pytest.approx(40e9)


def test_one_rail_is_worth_one_card():
    assert network.ring_bandwidth(array(16), array(8), links(rails=0.0)) == pytest.approx(40e9)


def test_a_copy_per_domain_is_cheaper_than_one_per_expert():
    args = array(1e9), array(32), array(1)
    assert network.exchange_seconds(*args, array(0.4), links()) < network.exchange_seconds(
        *args, array(1.0), links()
    )


def test_of_a_full_mesh_a_group_has_the_links_between_its_members():
    """Each of eight MI300X has seven links of 64 GB/s, one to each other: two of them share one."""
    mesh, switch = links(inside=448e9, mesh=1), links(inside=448e9)

    def gather(group, stride, over):
        return network.gather_seconds(array(8e9), array(group), array(stride), over)

    assert gather(8, 1, mesh) == gather(8, 1, switch)
    assert gather(2, 1, mesh) == pytest.approx(4e9 / 64e9)
    # Two ranks four apart have one link between them as well.
    assert gather(2, 4, mesh) == pytest.approx(4e9 / 64e9)
    assert gather(4, 1, mesh) == pytest.approx(6e9 / 192e9)
    # Across servers the network is slower than a mesh of all eight.
    assert gather(16, 1, mesh) == gather(16, 1, switch)
    assert network.point_to_point_seconds(array(1e9), array(1), mesh) == pytest.approx(1e9 / 64e9)
    assert network.ring_seconds(array(8e9), array(8), array(1), mesh) == pytest.approx(7e9 / 64e9)
    two = array(1e9), array(2), array(1), array(1)
    assert network.exchange_seconds(*two, mesh) == pytest.approx(0.5e9 / 64e9)


@given(st.sampled_from([1.0, 2.0, 4.0, 8.0, 16.0, 64.0]), st.sampled_from([1.0, 2.0, 4.0, 8.0]))
def test_a_full_mesh_is_never_faster_than_a_switch(group, stride):
    mesh, switch = (links(outside_latency=1e-5, mesh=each) for each in (1, 0))
    cost = [network.gather_seconds(array(1e9), array(group), array(stride), each) for each in (mesh, switch)]
    assert cost[0] >= cost[1]


def test_a_neighbour_in_the_domain_is_reached_over_its_links():
    near = network.point_to_point_seconds(array(1e9), array(4), links())
    far = network.point_to_point_seconds(array(1e9), array(8), links())
    assert near == pytest.approx(1e9 / 400e9)
    assert far == pytest.approx(1e9 / 40e9)


@given(
    st.floats(1.0, 1e11),
    st.integers(2, 4096),
    st.integers(1, 64),
    st.floats(1.0, 4.0),
    st.sampled_from(["inside", "outside"]),
)
def test_a_faster_link_never_slows_a_collective(size, group, stride, factor, which):
    base = {"inside": 400e9, "outside": 40e9}
    faster = base | {which: base[which] * factor}
    for slow, fast in [(links(**base), links(**faster))]:
        before = network.gather_seconds(array(size), array(group), array(stride), slow)
        after = network.gather_seconds(array(size), array(group), array(stride), fast)
        assert after <= before * (1.0 + 1e-12)


@given(st.floats(1.0, 1e11), st.integers(1, 512))
def test_a_ring_of_neighbours_takes_as_long_as_its_blocks(size, group):
    seconds = network.ring_seconds(array(size), array(group), array(1), links(domain=1024.0))
    assert seconds == pytest.approx(size * (group - 1) / group / 400e9)


def test_a_ring_waits_at_every_hop_until_it_is_large():
    def hops(group, stride=1):
        return float(network.gather_cost(array(group), array(stride), links(outside_latency=1.0))[1][0])

    assert hops(8) == 0.0
    assert (hops(16), hops(32), hops(4, stride=8)) == (15.0, 31.0, 3.0)
    assert hops(64) == 33.0
    assert hops(512) < hops(1024) < 40.0


def test_a_ring_passes_a_block_at_a_time_and_waits_at_each_step():
    sent, group = array(8e9), array(4)
    quick = network.ring_seconds(sent, group, array(1), links())
    late = network.ring_seconds(sent, group, array(1), links(inside_latency=1e-3))
    assert quick == pytest.approx(3 * 8e9 / 4 / 400e9)
    assert late - quick == pytest.approx(3 * network.NEIGHBOUR * 1e-3)
