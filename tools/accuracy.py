"""Write docs/accuracy.md: how far the model is off the measured runs, fitted and with each source left out.

Run with ``make accuracy``. The figures of sources left out come from ``resources/accuracy.yaml``, which
``make calibrate`` writes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from calibrate_generation import WHOLE_RUN, Engines, cases, residuals, rl_steps

from isocost.catalog import load
from isocost.evidence.accuracy import MemoryScore, SourceScore
from isocost.evidence.validation import HeldOut, validate_shipped

PAGE = Path(__file__).resolve().parent.parent / "docs" / "accuracy.md"


def table(header: str, rows: list[list[str]]) -> str:
    """A Markdown table; the first column is text, the others are figures."""
    names = header.split(" | ")
    rule = ["---"] + ["---:"] * (len(names) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [names, rule, *rows]) + "\n"


def share(value: float, signed: bool = False) -> str:
    """A share as a percentage with one decimal."""
    return f"{100.0 * value:{'+' if signed else ''}.1f} %"


def figures(score: SourceScore | MemoryScore) -> list[str]:
    """Runs, median, 90th percentile and bias of one source."""
    return [str(score.runs), share(score.median), share(score.p90), share(score.bias, signed=True)]


def never_fitted(apart: HeldOut | None) -> str:
    """The section on sources kept out of every fit."""
    assert apart is not None
    runs = sum(score.runs for score in apart.sources)
    medians = [score.median for score in apart.sources]
    within = sum(median <= 0.15 for median in medians)
    rows = [[score.source, *figures(score)] for score in apart.sources]
    peaks = [[score.source, *figures(score)] for score in apart.memory]
    return f"""## Sources never fitted

{runs} runs of {len(medians)} sources collected after the constants were fitted and kept out of every fit
(`resources/measured_holdout.csv`), read as `isocost predict` reads them: what a stranger's runs show. The
median source is {share(float(np.median(medians)))} off, the mean of all {share(float(np.mean(medians)))}, and
{within} of {len(medians)} are within 15 %. Their errors help to say how wide the ranges below are; ranges
made without a source hold {share(apart.covered)} of its runs in the mean.

{table("source | runs | median error | 90th | bias", rows)}
Their peaks of memory, each compared as its source reports it: what tensors fill, or what an allocator or the
driver took for them:

{table("source | runs | median error | 90th | bias", peaks)}
What the sources that come out badly have in common, none of it corrected for:

- No matmul of Trainium is published: between the limits that are, it comes out a fifth too fast.
- TPU v7 runs whose table states no layout shard as MaxText does and hold all sequences of a chip at once:
  dense models come out up to 10 % too fast (405B in FP8 19 %), mixtures of experts 11-41 %; what their
  routing costs there nobody has published.
- PyTorch on MI300X comes out a sixth too fast in FP8, AMD's own runs a tenth; on MI350X both too slow.
- torchtitan on B200 limited in power comes out a quarter too fast (its MXFP8 runs; a limit to 750 W is taken
  to cost 18 % of products and attention), on GB200 in NVFP4 a tenth: what its first software there is slower
  at nobody has published. Beside tensor parallelism it is slower where operators run one by one (Qwen3 32B: a
  third too fast), and float8 scaled by rows is slower yet than its casts and products are (2025-06: 17-41 %
  too fast).
- Experts' all-to-all is hidden, and block-scaled experts are one kernel, from mid-2026 in compiled open
  stacks too (DeepSeek-V3 on GB300: 31 % too slow, then 9 %, now 14: its MXFP8 is of experts alone, and
  computed everywhere); before it is where DeepEP is named (Megatron-MoE-ModelZoo: 15 %, then 6 %). Hybrids in
  NeMo AutoModel are half as fast as they were measured.
- Code written for study: models below 2 billion parameters wait for the host, tensor parallelism without
  sequence parallelism overlaps nothing, and experts are looped over in Python, each waiting for the host to
  learn how many tokens it has (ScaleTorch). What was written for one small model is a seventh faster (the
  reproduction of llm.c).
- JAX's 5B on 256 H100 (Pax) comes out 39 and 65 % too fast, the same on A100 7 %.
- The first 20 steps of a run, what starts it included, come out a sixth too fast with adapters of attention
  alone, a tenth with all weights (fms-acceleration: up to half a second a step that no sequence explains).
- Peaks of memory read from the driver (FlagPerf) hold buffers we do not count, and those of torchtitan are 3
  to 4 % above ours on Hopper and MI300X, 8 to 13 % below on B200 and GB200; those with DeepEP are three times
  ours, whose configuration says another figure. What prime-rl recomputes selectively, module by module, is
  more than we repeat (89 % too high). Batches of changing lengths
  leave gaps that take up to half of what is filled again
  (ms-swift), and runs whose optimizer is said to be on the host fill the accelerator as if it were not
  (Hugging Face's Ulysses: 12 to 15 bytes a parameter more; they also wait seven times as long for the host as
  others do). AWS's runs of torchtitan state no microbatch: one sequence is assumed, and two would fill what
  they do.

These sources were looked at while errors were corrected: runs of 2022 wrote scores of attention to memory
(NeMo Framework: 36 %, then 6 %), PyTorch's attention on Hopper is not cuDNN's and its selective
recomputation repeats every second product (torchtitan on H100: 36 %, then 8 %; on A100: 10 %, then 3 %),
and parts and casts have rates their own sources state (torchao: 68 %, then 31 %; Trainium: 83 %, then 37 %;
Gaudi2: 24 %, then 27 %). Casts and products of operands scaled by rows, PyTorch's kernels on CDNA3, and that
its H100 is a part of 500 W, took torchao on to 9 %; MI300X repeats a quarter of its layers in MLPerf (22 %,
then 10 %); and Megatron-LM as others ran it for comparison does not interleave its pipeline (MegaScale: 11 %,
then 3 %). PyTorch ran Ampere's attention on Blackwell too, until its version 2.11
(torchtitan's MXFP8 runs: 126 %, then 56 %; universal-llm-trainer: 131 %, then 81 %), Megatron-LM's selective
recomputation repeats attention alone (FlagPerf: 7 %, then 3 %), and biases of experts go through memory (NeMo
AutoModel: 12 %, then 9 %). The rate of a large product that SimuMax measured on its own B200 is taken as it
states it (24 %, then 4 %): elsewhere it must be typed. Of peaks, a layer at work has gradients as well and
FSDP no second copy of weights (LLaMA-Factory: 17 %, then 3 %; torchtitan on B200: 23 %, then 2 %, a third of
that for its unit), FP8 copies of weights wait for the next microbatch (FlagPerf: 20 %, then 12 %), and FSDP
keeps hold of frozen layers' inputs and their gradients (fsdp_qlora: 12 %, then 7 %; fms-acceleration: 6 %,
then 3 %). Pax and MaxText recompute layers unless told otherwise (Pax: 19 %, then 8 %; Ironwood:
22 %, then 19 %). LitGPT runs operator by operator (its pre-training: 21 %, then 14 %), PaddleNLP has no
sequence parallelism (FlagPerf Paddle: 37 %, then 20 %), and experts of torchtitan wait for the host
(DeepSeek 16B: 31 %, then 24 %). Until July 2024 bitsandbytes kept the inputs of 4-bit products (LitGPT's
QLoRA: 17 % too low, then 5 % too high), and its adapters are of queries and values alone (its tables: 6 %,
then 5 %, the same for models of three kinds). Autocast keeps weights and the residual stream in 32 bits, and
a checkpoint from outside leaves keys and values (ATorch under FSDP: 53 % too low, then 9 %). PaddlePaddle
runs operator by operator (FlagPerf Paddle: 20 %, then 13 %, its peaks 14 %, then 7 %), Megatron-LM's
allocator keeps more (FlagPerf: 12 %, then 10 %), a compiler stops where torchtitan sends tokens away
(DeepSeek 16B: 24 %, then 22 %), torchao gathers what it scales by rows in 16 bits (9 %, then 6 %), and
ZeRO-3 fetches layers of experts as they are called, expert by expert (XTuner's DeepSeek-V2: 135 and 42 %,
then 25 and 7 %). What PyTorch recomputes ends with the last tensor a gradient needs, and its FSDP copies what
it gathers and scatters (Vector Institute: 10 %, then 8 %; XTuner: 6 %, then 4 %; torchao: 6 %, then 2 %; Pax,
whose compiler cuts recomputation too: 8 %, then 12 %); FlashAttention-2 is faster on Hopper than what ran
before it (torchtitan on H200: 10 %, then 8 %; OLMo-core: 26 %, then 19 %); Ironwood's products are taken as
Google measured them (19 %, then 11 %), limits of power as they slow H100 (torchtitan's MXFP8 runs: 56 %, then
34 %), and FlagScale hides no traffic (its 70B: 33 and 16 %, then 3 and 1 %). For those changes a half of the
sources, by a hash of their names, was scored once, after them: its mean went from 18.2 to 17.4 %, that of the
other half from 11.1 to 9.1 %.

For what follows none was set aside: each change is what the public code of a framework does or what somebody
measured of a part, and holds for all of its kind, better or worse. Transformers hands attention a mask where
a batch is padded, FlashAttention takes none, and PyTorch's kernel that does computes the masked half too, on
workstation Blackwell as on Ampere (universal-llm-trainer: 80 %, then 10 %). PyTorch's own AdamW on the host
takes longer than DeepSpeed's (prime-rl threads: 66 %, then 23 %). PyTorch is FlashAttention-2 from its
version 2.2 of January 2024, and operators run one by one pass memory as often as they are counted in
Transformers' code (Accelerate: 9 %, then 4 %; torchtitan on A100: 4 %, then 2 %; FlagPerf Paddle: 11 %, then
6 %, its DeepSpeed 15 %, then 12 %; LitGPT: 12 %, then 10 %; fsdp_qlora: 10 %, then 9 %; reproduction of
llm.c: 18 %, then 15 %; but fms-fsdp: 3 %, then 9 %; Vector Institute: 8 %, then 12 %; ATorch: 8 %, then 9 %;
LLaMA-Factory: 5 %, then 6 %; XTuner: 4 %, then 5 %; AWS torchtitan: 9 %, then 11 %). An adapter's backward
pass reads and writes as its forward pass does (fms-acceleration: 17 %, then 11 %). torchtitan sorts tokens
operator by operator unless told to take DeepEP (DeepSeek 16B: 17 %, then 13 %); NVFP4 leaves the last layers
in 16 bits, and what is scaled by blocks is gathered in them (13 %, then 10 %; DeepSeek-V3 on GB300: 9 %, then
14 %); and a limit of power slows B200 by what B100 is slower than it (MXFP8 runs: 34 %, then 27 %). The rows
of prime-rl's benchmark have the global batch its script sets (13 %, then 15 % with one run more). What
PyTorch's selective recomputation keeps has no grouped product, so that it repeats experts whole (the peak of
Qwen3-30B-A3B: twice what it is, then 25 % too high; DeepSeek 16B: 12 % too low, then 8). Rows of ScaleTorch
(24 %, then 21 %), MindSpeed, Gaudi2, OLMo-core, Pax, MI350X, Ulysses, SimuMax, AutoModel, torchtitan on H100
and H200 and Ironwood were looked at too, and nothing was changed for them. torchtitan's mixtures by DeepEP
and Llama 4 on GB200, and its Qwen3 on B200 and H100, came last: they were 1 %, 26 %, 3 % and 33 % off as they
came, 28 % where tokens are sorted by operators, before that was counted. Llama 4's page says that nothing was
recomputed, which takes 800 GB of its 186; what its authors wrote elsewhere, that all was, is what the table
has now (4 %). The figures of all these are no longer those of sources nobody has looked at.

Left out are 27 runs of LoRA and QLoRA by universal-llm-trainer, whose steps may hold several batches, and 6
on MI350X of models without a name.
"""


def nearness() -> str:
    """How near measured runs narrow the range of a class."""
    rule = load().constants.evidence
    return f"""Within its class a plan's range is that of the runs near it. Each measured run's error, its
source left out of the fit (`resources/left_out.csv`), as a multiple of its class's range, weighs half as
much with every {rule.halves:g} of distance (those of `isocost nearest`, accelerators not counted), sources
alike, beside one source nobody has seen whose runs scatter as the class does. No range is narrower than
{share(rule.least)} of its class's or wider than {rule.most:g} times, but for {share(rule.further)} more
with each step of distance beyond {rule.beside:g} from all runs. Made without a source, ranges hold of its
runs, sources alike: 79 % of those called *measured*, 81 % *near*, 83 % *extrapolated* and 81 % *guessed*
(2026-12-01, at most 60 runs of a source; those of classes alone 83, 85, 73 and 78 %). Runs on the
architecture that shares are borrowed from count as those on any other: what they got says nothing of what
borrowing costs. What a run would be off without its source is worked out by one Gauss-Newton step from the
fit, not by fitting again.
"""


def generation() -> str:
    """The section on serving and rollouts."""
    names = {
        "in_sample": "in the fit",
        "pairs_held_out": "model and accelerator left out",
        "generations_held_out": "accelerator generation left out",
        "families_held_out": "model family left out",
        "kept_apart": "kept from every fit",
    }
    serving = load().constants.serving
    scores = [(name, getattr(serving.accuracy, key)) for key, name in names.items()]
    held = [[name, str(s.rows), f"{s.median_factor:.2f}", share(s.within_2x)] for name, s in scores]
    stack = serving.rl_stack("open")
    low, _, high = (each / WHOLE_RUN for each in stack.unmodelled)
    steps = [
        (step, step.ratio(stack), name)
        for name, apart in (("", False), ("kept apart", True))
        for step in rl_steps(apart=apart)
    ]
    rows = [
        [" ".join(step.label.split()), "experts" if step.t.is_moe else "dense", name, f"{1.0 / ratio:.2f}"]
        for step, ratio, name in steps
    ]
    fitted, apart = (
        np.array([ratio for _, ratio, name in steps if bool(name) == kept]) for kept in (False, True)
    )
    usual, unseen = (np.exp(np.median(np.abs(np.log(each)))) for each in (fitted, apart))
    inside, holds = (float(np.mean((each >= low) & (each <= high))) for each in (fitted, apart))
    return f"""## Generation

Tokens per second per accelerator of published serving benchmarks: the factor by which a prediction usually
misses, up or down.

{table("rows | n | median factor | within 2x", held)}
{bursts()}

## Reinforcement learning

Steps of open-source frameworks with published lengths, predicted over measured seconds. Utilizations and
overheads of a round, and what rollouts inside a trainer cost more, are fitted to those not kept apart: their
median factor is {usual:.2f}, that of those kept apart {unseen:.2f}. The range is of policies no fit saw, each
counted as one: of fits without the policy, and of the steps kept apart. {share(inside)} of the steps fitted
lie in it and {share(holds)} of those kept apart. Prompts that were answered and thrown away are a column
of the data: verl's DAPO recipe answers up to three times as many as it trains on, at once or batch after
batch. So is the share of the accelerators that only generate (NeMo-RL's recipes: half one step behind, a
third of 192 eight steps behind); a plan that leaves it open gets the fastest. How many responses run into
the cap is published of none of these steps, and is what rounds of up to 20,000 tokens differ by: the mean
that is published is of the prompts that were kept, and Qwen2.5 14B and 32B under Megatron wrote faster than
any response of the full length allows with kernels launched one by one.

{table("step | policy | in the fit | predicted / measured", rows)}"""


def bursts() -> str:
    """What is said of requests that all come at once."""
    catalog = load()
    serving = catalog.constants.serving
    engines: Engines = {name: serving.constants(name) for name in ("vendor", "open")}
    off = residuals([case for case in cases(apart=True) if case.row.requests is not None], engines)
    size, late = np.exp(np.median(np.abs(off))), share(float(np.mean(off >= np.log(2.0))))
    return f"""Of those kept from every fit {len(off)} are bursts, requests that all come at once (ShareGPT),
timed until the last has ended: their median factor is {size:.2f}. {late} are more than twice too fast:
gpt-oss, DeepSeek-R1 and Qwen3 32B in 8 bits on TensorRT-LLM and SGLang of late 2025."""


def evidence() -> str:
    """The section on the word beside each prediction."""
    rule = load().constants.evidence
    alike, counts = (f"{100.0 * each:.0f} %" for each in (rule.alike - 1.0, rule.counts))
    return f"""## The word beside each prediction

Every predicted stage is called *measured*, *near*, *extrapolated* or *guessed*, by the first of these that
holds (`resources/evidence.yaml`):

- *guessed*: its accelerator borrows the shares of its peaks from another architecture, or no run in the fit
  multiplies in its number format on that architecture;
- *measured*: a run is in the data (fitted or kept out of every fit) on the same accelerator, with the same
  kind of model, method, number format and software tier, whose active parameters, parameters in all,
  accelerators and tokens a sequence are each within {alike} of the plan's, and whose speed is inside our
  10-90 % range of it;
- *extrapolated*: a size lies outside all runs of its kind of model on its architecture, or no run is nearer
  than a distance of {rule.close:g}. A doubling of the active parameters is a distance of 1, one of the
  accelerators 0.3, one of the sequence 0.4; a halving of the number format is 1, another software tier 1,
  another accelerator of the architecture 0.7, another architecture, kind of model or method 3 each;
- *near*: otherwise.

Text that is written, and rounds of rollouts, go by the same rule over the runs of
`resources/measured_generation.csv` and `resources/measured_rl.csv`; the size of rounds holds the longest
response, that of text no number of accelerators. A plan has the weakest word of the stages that make up
{counts} of its rent or more. Hours as claimed, typed MFUs and shares of other stages have no word.
"""


def main() -> None:
    """Score the shipped constants and write the page."""
    catalog = load()
    found, record = validate_shipped(catalog), catalog.constants.accuracy
    formats = catalog.constants.evidence.new_format
    errors = []
    for score in found.sources:
        out = record.left_out.get(score.source)
        errors.append(
            [
                f"**{score.source}**" if score.trusted else score.source,
                *figures(score),
                *((share(out.median), share(out.p90), share(out.bias, signed=True)) if out else ("", "", "")),
            ]
        )
    classes = [[name, share(value), share(record.macro[name])] for name, value in found.macro.items()]
    ranking = [
        [r.model, f"{r.accelerators:.0f}", str(r.layouts), f"{r.spearman:.2f}", share(r.loss)]
        for r in found.ranking
    ]
    loss = np.array([r.loss for r in found.ranking])
    memory = [[m.source, *figures(m)] for m in found.memory]
    spreads = [
        [name, str(s.runs), str(s.sources), f"{s.low:.2f}", f"{s.high:.2f}"]
        for name, s in record.spreads.items()
    ]
    known = {c.rows + str(c.value): c for c in catalog.constants.efficiency.constants}
    fitted = sum(1 for c in known.values() if c.kind == "fitted")
    PAGE.write_text(
        f"""# How accurate the step-time model is

Written by `make accuracy`. Predicted against measured tokens per second per accelerator of
{found.runs:,} published runs; {fitted} constants are fitted to them (`resources/efficiency.yaml`), none
of which belongs to a model, a source or a row. Layouts are those the sources state; what they leave open is
completed as a search would. *Left out* means that no run of the source was in the fit. Sources in bold are
trusted and count in the averages.

## By source

{table("source | runs | median error | 90th | bias | left out: median | 90th | bias", errors)}
{never_fitted(found.never_fitted)}
## Mean over trusted sources of the median error

{table("runs | fitted | left out", classes)}
## Order of layouts

Spearman correlation of predicted and measured throughput within each model and count of the Nanotron grid,
and what is lost by running the layout predicted fastest: median {share(float(np.median(loss)))}, 90th
percentile {share(float(np.quantile(loss, 0.9)))}.

{table("model | accelerators | layouts | Spearman | loss", ranking)}
## Peak memory

{table("source | runs | median error | 90th | bias", memory)}
By our count {share(found.called_too_large)} of the runs that ran do not fit.

## Ranges

A plan's range of throughput is that of its class, narrowed or widened by how near runs were measured
(below). That of a class is measured over predicted, 10th to 90th percentile of runs
no constant was fitted to (left out with their source, or kept out of every fit). Classes are NVIDIA's own
stack on its accelerators, open-source code on them, other makers' accelerators, and research code. Sources
weigh alike in a range whatever their number of runs, because a plan is one more source. Ranges hold
{share(record.coverage.rows)} of the runs of trusted sources left out; ranges made without a source hold
{share(record.coverage.sources)} of its runs, the mean over all sources. A class of fewer than
four sources spans its platform's range too. Architectures without measured runs get the power
{record.unmeasured} of a range (what it costs to predict each measured architecture with the shares of each
other, `tools/borrowing.py`), number formats no run in the fit multiplies in there the power
{formats} (8 and 4 bits at the share of 16), layouts that are not stated {record.unstated}.

{table("class | runs | sources | low | high", spreads)}
{nearness()}
{evidence()}
{generation()}
## What these figures are not

- *Left out* refits the {fitted} constants without a source. It does not undo the choice of equations,
  which was made while looking at the errors of all sources, nor the constants marked `assumed`: several
  of those (hidden traffic, contention, host and straggler terms, memory share, fused experts and how fast
  routing improved, attention on B300) were free in earlier fits and were then fixed at round values near what
  those fits found. *Sources never fitted* says what to expect elsewhere.
- Eight runs of trusted sources are set aside: five of MLPerf v4.0 (TPU v5p, Gaudi2) that do not state
  their number format, moved out of the averages after their errors were seen (they still take part in the
  fit), two that their own source calls a regression, and DeepSeek-V3 on H100, because DeepSeek-V3 on Hopper
  is an anchor (below). When they were set aside, counting them made the mean over sources left out half a
  point higher and that of dense 16-bit three points: the TPU runs come out 20 % low.
- Dense 16-bit counts training of all weights; LoRA and other tuning have their own line.
- The stalls of the research tier follow thresholds set by hand on the Nanotron grid, and its constants are
  fitted there: its ranks are fitted ranks, of one cluster.
- How far into the tails the ranges reach was chosen so that they hold about 80 % both of the runs left out
  and of the runs of a source that is no part of them.
- DeepSeek-V3's 180 thousand H800-hours a trillion tokens and Llama 3.1 405B's 41 % are in no fit. With
  the layout left free we say about 180 thousand hours, with DeepSeek's own framework, date, PP16 and EP64 198
  thousand, and for Llama with TP8 PP16 45 % (10 % high). Both anchors had been seen before: DeepSeek's came
  out at 240 thousand with its own layout until the overlap of dispatch with compute was added, for that
  reason among others. A plan computes with software of mid-2026, which has that overlap; DeepSeek's HAI-LLM
  had it in 2024, NVIDIA's stack of then did not, and sent a token once for each of its experts: for that the
  model says 344 thousand.
- That the vendor's stack hides the all-to-all and runs block-scaled experts as one kernel from release 26.06
  on is read from its recipes; runs without either (Kimi K2 and Qwen3-30B on H100 in the same release) come
  out 20-30 % too fast.

## What holds the errors up

- Runs of one configuration differ: NVIDIA's tables by 2-6 % between releases, mixtures of experts by up to
  2x (Qwen3-30B on 16 H100: 5,113 to 10,494 tokens/s between Megatron-Bridge 25.09 and 26.02).
- Microbatches of one sequence through a mixture of experts wait for the host, or not, as CUDA graphs are
  used; no source says which.
- Hybrid models whose layers are not described (Qwen3.5, MiniMax-M1) are solved from their size; those that
  are, all NVIDIA's, come from two sources that publish the same recipes.
- DeepSpeed and other untuned LoRA submissions to MLPerf run at a third of NVIDIA's.
- On the Nanotron grid, pipelines stall for about 0.6 s a microbatch and neighbour in some runs and not in
  others that differ in nothing that is published: without sharding of states in about half of the runs, with
  it in 2 % of them on 32 GPUs, 6 % on 64, 24 % on 128, 47 % on 256 and 98 % on 512. This caps the rank
  correlation: a group of which a third stalls at random cannot be put in order (3B and 80B on 256 GPUs; 1B on
  64 has runs 3, 6, 22 and 32 times as slow as their like; 80B on 32 GPUs has six runs). Near the limit of
  memory, and with tensor parallel over three nodes or more, pipelines always stall.
- The one choice that loses much (1B on 512 GPUs) loses to a single run that nothing else comes near: the only
  pipeline of that model on 512 GPUs that did not stall.
""",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
