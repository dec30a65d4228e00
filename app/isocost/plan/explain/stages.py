"""What a stage takes as a tree: trained, written, in rounds, claimed, or a share of others."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.engine.architecture import parameters
from isocost.engine.generation.rl import multipliers
from isocost.engine.generation.step import wide_peak
from isocost.language import tr
from isocost.plan.explain.training import Ground, goodput_of, summed, training_figures
from isocost.plan.kinds import GpuHoursStage
from isocost.plan.kinds.ablations import AblationStage
from isocost.plan.kinds.distillation import Lessons
from isocost.plan.kinds.generation import GenerationStage
from isocost.plan.money.explain import Explanation, given, worked_out
from isocost.plan.physics.resolve import transformer_of
from isocost.plan.physics.rounds import CRAWL, Recipe, generated_tokens, simulated
from isocost.plan.physics.serving import NOTHING_SAVED, Writing, reading_rate, write
from isocost.plan.physics.training import Training

HOURS = tr("Accelerator-hours")


def stage_figures(on: Ground, final_run: Sequence[Explanation]) -> dict[str, Explanation]:
    """What a stage takes, by the names of its figures; each ends in inputs and their sources.

    Args:
        final_run: the hours of the stages that make up the final run, for one that is a share of them.
    """
    found = _worked_out(on, final_run)
    hours = found.setdefault("gpu_hours", _unknown(on))
    found["count"] = on.count()
    found["days"] = worked_out(on.key("days"), tr("Days"), "days", "{0} / {1} / 24", hours, found["count"])
    if (rate := found.get("tokens_per_s_per_gpu")) is not None:
        label = tr("Tokens a second of all")
        found["tokens_per_s"] = worked_out(
            on.key("tokens_per_s"), label, "tokens/s", "{0} x {1}", rate, found["count"]
        )
    return found


def _worked_out(on: Ground, final_run: Sequence[Explanation]) -> dict[str, Explanation]:
    match on.run.work:
        case Training():
            return training_figures(on, on.run.work)
        case Recipe():
            return _rounds(on, on.run.work)
        case Writing():
            return _writing(on, on.run.work)
        case Lessons():
            return _lessons(on, on.run.work)
    if isinstance(on.stage, GpuHoursStage):
        return {"gpu_hours": _claimed(on, on.stage)}
    if isinstance(on.stage, AblationStage):
        share = on.typed("ablations.share", on.stage.ablations.share)
        all_of = summed(final_run)
        every = worked_out(on.key("final_run_hours"), tr("Hours of the final run"), "h", all_of, *final_run)
        return {"gpu_hours": worked_out(on.key("gpu_hours"), HOURS, "h", "{0} x {1}", share, every)}
    return {}


def _unknown(on: Ground) -> Explanation:
    """Hours of a kind that does not say what they are made of."""
    source = tr("as its kind of stage works them out")
    return given(on.key("gpu_hours"), HOURS, float(on.run.gpu_hours[0]), "h", source, "assumed")


def _claimed(on: Ground, stage: GpuHoursStage) -> Explanation:
    """Hours as somebody states them."""
    if stage.hours is None:
        return given(on.key("gpu_hours"), HOURS, stage.gpu_hours or 0.0, "h", "as claimed", "typed")
    hours = on.typed("stage.hours", stage.hours)
    return worked_out(on.key("gpu_hours"), HOURS, "h", "{0} x {1}", hours, on.count())


def _rounds(on: Ground, recipe: Recipe) -> dict[str, Explanation]:
    """Hours and speed of a stage of rollout rounds."""
    count, stack = on.count(), on.catalog.constants.serving.rl_stack(recipe.stack)
    profile = on.catalog.constants.serving.rl[recipe.stack].unmodelled
    tokens = given(
        on.key("tokens"), tr("Tokens written"), generated_tokens(recipe.plan), "tokens",
        tr("rounds x prompts answered x responses x their mean length, as typed"), "typed",
    )  # fmt: skip
    (done,) = simulated(on.catalog, recipe, on.run.accelerator, (int(count.value),))
    if done is None:
        hours = _impossible(on, recipe, tokens)
    else:
        source = tr("simulated: decoding, the longest response, scoring, update (resources/serving.yaml)")
        named = (("generation", tr("Generation"), done.generation), ("scoring", tr("Scoring"), done.scoring),
                 ("update", tr("Update"), done.update),
                 ("weight", tr("Weight sync and other overhead"), done.overhead))  # fmt: skip
        parts = [
            given(on.key(f"rounds.{name}"), label, each, "h", source, "fitted") for name, label, each in named
        ]
        wall = given(on.key("simulated_hours"), tr("Hours simulated"), done.wall, "h", source, "fitted")
        if recipe.plan.schedule == "synchronous":
            wall = worked_out(wall.key, wall.label, "h", summed(parts), *parts)
        unseen = given(
            on.key("unmodelled"), tr("Published runs over simulated ones"), stack.unmodelled[1], "",
            profile.source, "measured",
        )  # fmt: skip
        hours = worked_out(on.key("gpu_hours"), HOURS, "h", "{0} h x {1} x {2}", wall, count, unseen)
    return {"gpu_hours": hours, "tokens_per_s_per_gpu": _over_hours(on, tokens, hours)}


def _impossible(on: Ground, recipe: Recipe, tokens: Explanation) -> Explanation:
    """The price of a run that does not fit: its arithmetic at the worst utilization seen."""
    t, chip = transformer_of(recipe.model, on.catalog), on.entry
    peak = given(
        on.key("peak_flops"), tr("16-bit dense peak of {name}", name=chip.spec.name), wide_peak(chip.spec),
        "FLOP/s",
        chip.sources.get("compute", ""),
    )  # fmt: skip
    each = multipliers(recipe.plan.algorithm).total * float(parameters(t).active)
    flops = given(
        on.key("flops_per_token"), tr("FLOPs of a token"), each, "FLOPs", tr("passes x active parameters")
    )
    crawl = given(
        on.key("crawl"),
        tr("Least utilization of any published run"),
        CRAWL,
        "",
        tr("it does not fit"),
        "assumed",
    )
    words = "{0} x {1} / ({2} x {3}) / 3,600"
    return worked_out(on.key("gpu_hours"), HOURS, "h", words, flops, tokens, crawl, peak)


def _over_hours(on: Ground, tokens: Explanation, hours: Explanation) -> Explanation:
    name, label = on.key("tokens_per_s_per_gpu"), tr("Tokens written a second, each")
    return worked_out(name, label, "tokens/s", "{0} / ({1} x 3,600)", tokens, hours)


def _writing(on: Ground, work: Writing) -> dict[str, Explanation]:
    """Hours, speed and goodput of a stage that writes."""
    goodput = _restarts(on)
    tokens, rate = _written(on, work), _served(on, work)
    return {
        "gpu_hours": _hours_of_text(on, "gpu_hours", HOURS, tokens, rate, goodput),
        "tokens_per_s_per_gpu": rate,
        "goodput": goodput,
    }


def _restarts(on: Ground) -> Explanation:
    """Goodput of work whose failures lose nothing but the restart."""
    source = tr("a failure only starts a replica again")
    saved = given(
        on.key("saved_parameters"), tr("Parameters lost"), NOTHING_SAVED, "parameters", source, "assumed"
    )
    return goodput_of(on, saved)


def _written(on: Ground, work: Writing) -> Explanation:
    """The tokens of a stage's own answers, those thrown away too."""
    name, label = on.key("tokens"), tr("Tokens read") if work.reads else tr("Tokens written")
    if not isinstance(on.stage, GenerationStage):
        return given(name, label, work.tokens, "tokens", tr("samples x their length, as typed"), "typed")
    asked = on.stage.generation
    parts = [
        on.typed(f"generation.{each}", float(getattr(asked, each)))
        for each in ("samples", "answer_tokens", "keep_rate")
    ]
    return worked_out(name, label, "tokens", "{0} x {1} / {2}", *parts)


def _served(on: Ground, work: Writing) -> Explanation:
    """Tokens a second of each accelerator, idle ones included."""
    counts, chip = on.run.counts[:1], on.run.accelerator
    if work.reads:
        rate = float(reading_rate(work.load, chip, counts, on.catalog)[0][0])
    else:
        rate = float(write(work.load, work.tokens, chip, counts, on.catalog).rate[0])
    name = on.key("text_tokens_per_s_per_gpu" if isinstance(on.run.work, Lessons) else "tokens_per_s_per_gpu")
    source = tr(
        "the best replica found; serving model fitted to published benchmarks (resources/serving.yaml)"
    )
    return given(name, tr("Tokens of text a second, each"), rate, "tokens/s", source, "fitted")


def _hours_of_text(
    on: Ground, name: str, label: str, tokens: Explanation, rate: Explanation, goodput: Explanation
) -> Explanation:
    return worked_out(on.key(name), label, "h", "{0} / {1} / 3,600 / {2}", tokens, rate, goodput)


def _lessons(on: Ground, work: Lessons) -> dict[str, Explanation]:
    """A student's training with its teacher's text."""
    assert isinstance(work.student.work, Training)
    student = Ground(
        f"{on.at}.student", on.stage, work.student, on.model, on.efficiency, on.asked, on.catalog
    )
    teacher = Ground(f"{on.at}.teacher", on.stage, on.run, on.model, on.efficiency, on.asked, on.catalog)
    found = training_figures(student, work.student.work)
    goodput = _restarts(teacher)
    read = _hours_of_text(
        teacher, "gpu_hours", tr("Teacher's accelerator-hours"),
        _written(teacher, work.teacher), _served(teacher, work.teacher), goodput,
    )  # fmt: skip
    own = found["gpu_hours"]
    found["gpu_hours"] = worked_out(on.key("gpu_hours"), HOURS, "h", "{0} + {1}", own, read)
    return found
