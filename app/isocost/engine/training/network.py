"""Seconds of the collectives between accelerators, inside a scale-up domain or across the network.

Volumes are bytes per rank. Times follow the ring algorithms of NCCL: (n-1)/n of the gathered buffer passes
every link once, and each of the n-1 steps pays a latency (nccl-tests, doc/PERFORMANCE.md). A group's members
are ``stride`` ranks apart: ranks are numbered tensor-parallel first, so that the inner group gets the fastest
links.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isocost.engine.arrays import Array

RING = 32.0
"""Ranks up to which a block passes around one ring, every hop as slow as the slowest. Chosen: groups of 16
and 32 ranks of the Nanotron grid wait at every hop, larger ones ever less."""

PAIR = np.full(1, 2.0)
"""Ranks that exchange with each other when one sends to the next."""

NEIGHBOUR = 0.5
"""Latency of a message to the next rank of a ring over that of a collective's hop. Chosen, not measured."""


@dataclass(frozen=True, slots=True)
class Links:
    """Links between the accelerators of each row; bytes/s are sustained, per accelerator and direction."""

    inside: Array
    """Bandwidth within a scale-up domain."""
    outside: Array
    """Bandwidth of one accelerator's share of the network."""
    domain: Array
    """Accelerators in a scale-up domain."""
    inside_latency: Array
    """Seconds per step of a collective within a domain."""
    outside_latency: Array
    """Seconds a hop across the network takes however little is sent."""
    rails: Array
    """How far the network cards of ranks that cross together add up: 0 = one card's worth, 1 = all."""
    meshed: Array
    """1 where each two of a domain have a link of their own instead of a switch between all."""


def members_inside(group: Array, stride: Array, links: Links) -> Array:
    """Members of a group that share a domain when consecutive members are ``stride`` ranks apart.

    Source: the placement of Megatron-LM, tensor parallel within a server (arXiv 2104.04473).
    """
    return np.minimum(np.maximum(np.floor(links.domain / stride), 1.0), group)


def mesh_share(members: Array, domain: Array | float) -> Array:
    """Share of its links that one of so many members uses among them, in a full mesh of ``domain``.

    Source: MI300X's seven links (rocm.blogs.amd.com, "Understanding RCCL Bandwidth and xGMI Performance"),
    Gaudi's three ports to each of seven (docs.habana.ai, Network Configuration), HCCS (hiascend.com).

    >>> mesh_share(np.array([2.0, 8.0]), 8.0)
    array([0.14285714, 1.        ])
    """
    return np.minimum((np.maximum(members, 2.0) - 1.0) / np.maximum(domain - 1.0, 1.0), 1.0)


def inside_bandwidth(together: Array, links: Links) -> Array:
    """Bytes/s of each of so many ranks of a domain that exchange with one another.

    A switch gives two of them all it has, a full mesh the link between them. Source: ``mesh_share``.
    """
    if not np.any(links.meshed):
        return links.inside
    return links.inside * np.where(links.meshed > 0, mesh_share(together, links.domain), 1.0)


def ring_bandwidth(group: Array, together: Array, links: Links) -> Array:
    """Bytes/s around a ring: the domain's links, or where it leaves the domain the network of its members.

    Each of the ``together`` members within a domain brings its own network card, so a ring that crosses
    domains can use their cards together (``rails`` says how well), never faster than the domain's own links.
    Source: ``rails`` is fitted, ``resources/efficiency.yaml``.
    """
    # exp2 and log2 beat ** by a fifth, and a product with a mask takes a quarter of np.where's time: a search
    # calls this for every layout it evaluates.
    inside = inside_bandwidth(together, links)
    crossing = np.minimum(inside, links.outside * np.exp2(links.rails * np.log2(together)))
    return np.maximum(crossing, inside * (together >= group))


def gather_cost(group: Array, stride: Array, links: Links) -> tuple[Array, Array]:
    """Seconds per byte gathered, and latency, of an all-gather (or reduce-scatter) over a group.

    A group of n ranks passes (n-1)/n of every byte over the slowest link of its ring, a latency each hop.
    Source: bus bandwidth of nccl-tests, doc/PERFORMANCE.md; latencies ``resources/efficiency.yaml``.
    """
    together = members_inside(group, stride, links)
    # Trees and hierarchical rings keep the latency of large groups logarithmic.
    hops = np.minimum(group - 1.0, RING) + np.log2(np.maximum(group / RING, 1.0))
    latency = links.inside_latency * np.log2(together)
    latency = latency + links.outside_latency * (hops * (together < group))
    return (1.0 - 1.0 / group) / ring_bandwidth(group, together, links), latency


def gather_seconds(gathered: Array, group: Array, stride: Array, links: Links) -> Array:
    """Seconds of an all-gather (or reduce-scatter) whose whole buffer is ``gathered`` bytes.

    Source: as ``gather_cost``.

    >>> one = np.ones(1)
    >>> nvlink = Links(450e9 * one, 50e9 * one, 8.0 * one, 0.0 * one, 0.0 * one, one, 0.0 * one)
    >>> gather_seconds(8e9 * one, 8.0 * one, one, nvlink)  # seven eighths of 8 GB over 450 GB/s
    array([0.01555556])
    """
    per_byte, latency = gather_cost(group, stride, links)
    return gathered * per_byte + latency


def ring_seconds(gathered: Array, group: Array, stride: Array, links: Links) -> Array:
    """Seconds to pass a buffer of ``gathered`` bytes around a ring, a block at a time between neighbours.

    Source: ring attention, arXiv 2310.01889.
    """
    inside = members_inside(group, stride, links) >= group
    bandwidth = np.where(inside, inside_bandwidth(PAIR, links), links.outside)
    latency = np.where(inside, links.inside_latency, links.outside_latency)
    steps = group - 1.0
    return np.where(steps > 0, steps * (gathered / group / bandwidth + NEIGHBOUR * latency), 0.0)


def exchange_seconds(sent: Array, group: Array, stride: Array, spread: Array, links: Links) -> Array:
    """Seconds of an all-to-all in which every rank sends ``sent`` bytes, evenly over the group.

    ``spread`` is how many copies of each byte the network must carry at most: a token wanted by several
    experts of one domain crosses once (arXiv 2412.19437, section 3.2.2). The part that stays inside moves
    at the same time over the domain's links.
    """
    together = members_inside(group, stride, links)
    domains = group / together
    # A rank keeps the part meant for its own experts, and a domain the part meant for its own ranks.
    inside_share = (group - 1.0) / group
    outside_share = np.where(domains > 1.0, (domains - 1.0) / domains, 0.0)
    crossing = sent * outside_share * spread / links.outside
    staying = sent * inside_share / inside_bandwidth(together, links)
    latency = np.where(domains > 1.0, links.outside_latency, links.inside_latency)
    return np.where(
        group > 1.0, np.maximum(crossing, staying) + latency * np.log2(np.maximum(group, 2.0)), 0.0
    )


def point_to_point_seconds(sent: Array, distance: Array, links: Links) -> Array:
    """Seconds to send ``sent`` bytes to a rank ``distance`` ranks away: latency plus volume over the link.

    Source: rates and latencies ``resources/efficiency.yaml``.
    """
    inside = distance < links.domain
    return np.where(
        inside,
        sent / inside_bandwidth(PAIR, links) + links.inside_latency,
        sent / links.outside + links.outside_latency,
    )
