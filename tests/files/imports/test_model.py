"""Models from configuration files: counted as published, traps of each family, what a plan makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from isocost.catalog import load
from isocost.engine.architecture import parameters
from isocost.files.errors import FileError
from isocost.files.imports import Given, NotUnderstoodError, SourceFile, read_file
from isocost.files.imports.model import ModelFile, ModelReader, read_model
from isocost.files.loading import parse_project
from isocost.files.saving import project_text
from isocost.plan.inputs.starting import new_project
from isocost.plan.physics.resolve import transformer_of
from isocost.plan.project.project import Place
from tests.files.imports.public import MODELS, Public

SAMPLES = Path(__file__).parent / "samples"
EXPECTED: dict[str, dict[str, Any]] = json.loads((SAMPLES / "configs.expect.json").read_text("utf-8"))
CATALOG = load()
SMALL = {
    "model_type": "llama",
    "hidden_size": 1024,
    "intermediate_size": 2816,
    "num_hidden_layers": 12,
    "num_attention_heads": 16,
    "vocab_size": 32000,
}


def read(tree: dict[str, Any], name: str = "config.json") -> ModelFile:
    file = SourceFile(name, json.dumps(tree))
    assert ModelReader().knows(file)
    return ModelReader().read(file, Given())


def refused(tree: dict[str, Any]) -> str:
    with pytest.raises(NotUnderstoodError) as problem:
        read_model(tree)
    return str(problem.value)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_is_counted_to_the_last_parameter(name):
    found = read_file(SAMPLES / name)
    said = found.as_json()
    assert {key: said[key] for key in EXPECTED[name]} == EXPECTED[name]
    assert found.kind == "model"


@pytest.mark.parametrize("model", MODELS, ids=[each.name for each in MODELS])
def test_a_public_model_is_counted_as_published(model: Public):
    said = read(model.config).as_json()
    assert said["parameters"] == pytest.approx(model.total, rel=0.002)
    if model.active is not None:
        assert said["active_parameters"] == pytest.approx(model.active, rel=0.01)


@pytest.mark.parametrize("model", MODELS, ids=[each.name for each in MODELS])
def test_a_plan_has_the_parameters_of_the_file(model: Public):
    found = read_model(model.config)
    counted = parameters(transformer_of(found.planned.choice, CATALOG))
    if any("A plan counts" in each for each in found.planned.stands_in):
        return  # it is off by more, and says so
    assert counted.total == pytest.approx(found.decoder.parameters, rel=0.005)
    assert counted.active == pytest.approx(found.decoder.active, rel=0.01)


def test_a_model_goes_into_a_plan_and_through_its_file():
    for model in MODELS[::6]:
        project = read_model(model.config).change(new_project(CATALOG), CATALOG, Place())
        assert parse_project(project_text(project), CATALOG) == project


def test_a_plan_without_a_name_is_called_after_the_model_and_another_is_not():
    found = read_model(SMALL | {"_name_or_path": "/data/models/mine-8b/"})
    new = new_project(CATALOG)
    assert found.change(new, CATALOG, Place()).name == "mine-8b"
    assert found.change(replace(new, name="Ours"), CATALOG, Place()).name == "Ours"


@pytest.mark.parametrize(
    ("change", "key", "value"),
    [
        ({"num_key_value_heads": None}, "kv_heads", 16),
        ({"head_dim": 96}, "head_dim", 96),
        ({"hidden_size": 1024.0}, "hidden", 1024),
        ({"model_type": "qwen3"}, "head_dim", 128),
        ({"model_type": "gemma2"}, "tied", True),
        ({"model_type": "mistral"}, "window", 4096),
        ({"model_type": "mistral"}, "kv_heads", 8),
        ({"model_type": "mistral", "sliding_window": None}, "window", None),
        ({"model_type": "mistral", "sliding_window": None}, "windowed_layers", 0),
        ({"model_type": "qwen2", "sliding_window": 512, "use_sliding_window": False}, "window", None),
        (
            {
                "model_type": "qwen2",
                "sliding_window": 512,
                "use_sliding_window": True,
                "max_window_layers": 9,
            },
            "windowed_layers",
            3,
        ),
        ({"model_type": "gemma3_text", "sliding_window": 512}, "windowed_layers", 10),
        ({"model_type": "gemma2", "layer_types": ["full_attention"] * 14}, "windowed_layers", 0),
        ({"model_type": "olmo3", "sliding_window": 64}, "windowed_layers", 9),
        ({"n_routed_experts": 0}, "experts", None),
        ({"model_type": "mixtral"}, "top_k", 2),
        ({"model_type": "mixtral"}, "moe_layers", 12),
        ({"model_type": "qwen3_moe", "num_local_experts": 8, "mlp_only_layers": [0, 3]}, "moe_layers", 10),
        ({"model_type": "qwen3_moe", "num_experts": 8, "decoder_sparse_step": 3}, "moe_layers", 4),
        ({"num_nextn_predict_layers": 2}, "mtp", 2),
        ({"max_position_embeddings": 131072}, "longest_sequence", 131072),
    ],
)
def test_keys_that_are_absent_or_switched_off_mean_what_the_framework_makes_of_them(change, key, value):
    assert read(SMALL | change).as_json()[key] == value


GLM = SMALL | {
    "model_type": "glm4_moe",
    "n_routed_experts": 8,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 512,
}
SCOUT = SMALL | {
    "model_type": "llama4_text",
    "num_local_experts": 8,
    "num_experts_per_tok": 1,
    "intermediate_size_mlp": 8192,
}
HYBRID = SMALL | {"model_type": "nemotron_h"}
DSA = {
    "model_type": "glm_moe_dsa",
    "hidden_size": 1024,
    "intermediate_size": 2816,
    "num_hidden_layers": 6,
    "num_attention_heads": 16,
    "vocab_size": 32000,
    "n_routed_experts": 8,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 512,
    "index_head_dim": 64,
    "index_topk": 256,
}
V4 = SMALL | {
    "model_type": "deepseek_v4",
    "num_hidden_layers": 4,
    "moe_intermediate_size": 512,
    "n_routed_experts": 8,
    "num_experts_per_tok": 2,
}
FALCON = SMALL | {"model_type": "falcon", "parallel_attn": True, "new_decoder_architecture": True}
SAME = {
    "feed-forwards by their names": (
        GLM,
        {"first_k_dense_replace": 2},
        {"mlp_layer_types": ["dense"] * 2 + ["sparse"] * 10},
    ),
    "names of more layers than there are": (
        GLM,
        {"first_k_dense_replace": 2},
        {"mlp_layer_types": ["dense"] * 2 + ["sparse"] * 12},
    ),
    "layers with experts by their places": (
        SCOUT,
        {"interleave_moe_layer_step": 2},
        {"moe_layers": [1, 3, 5, 7, 9, 11]},
    ),
    "layers with experts as zeros and ones": (
        GLM,
        {"first_k_dense_replace": 2},
        {"moe_layer_freq": [0] * 2 + [1] * 10},
    ),
    "windows as zeros and ones": (
        SMALL | {"model_type": "gemma3_text", "sliding_window": 512},
        {"sliding_window_pattern": 4},
        {"sliding_window_pattern": [0, 0, 0, 1] * 3},
    ),
    "blocks by their names": (
        HYBRID,
        {"hybrid_override_pattern": "M-M*-M"},
        {"layers_block_type": ["mamba", "mlp", "mamba", "attention", "mlp", "mamba"]},
    ),
    "a pattern with marks of stages and of modules behind": (
        HYBRID,
        {"hybrid_override_pattern": "M-M*-M"},
        {"hybrid_override_pattern": "M-M|*-M/*-"},
    ),
    "indexers by letters": (
        DSA,
        {"index_topk_pattern": "FSSFSS"},
        {"indexer_types": ["full", "shared", "shared", "full", "shared", "shared"]},
    ),
    "the schedule of DeepSeek-V4 in words": (
        V4,
        {"compress_ratios": [0, 4, 128, 4]},
        {
            "layer_types": [
                "sliding_attention",
                "compressed_sparse_attention",
                "heavily_compressed_attention",
                "compressed_sparse_attention",
            ]
        },
    ),
    "the schedule of DeepSeek-V4 where none is told": (V4, {"compress_ratios": [128, 128, 4, 128]}, {}),
    "the norms of a falcon": (FALCON, {"num_ln_in_parallel_attn": 2}, {}),
}


@pytest.mark.parametrize("name", SAME)
def test_layers_are_named_in_several_ways_that_mean_the_same(name: str) -> None:
    base, one, other = SAME[name]
    assert read(base | one).decoder == read(base | other).decoder


def test_what_layers_hold_is_counted_layer_by_layer() -> None:
    count = {
        places: read(DSA | {"index_topk_pattern": places}).decoder.parameters
        for places in ("FFFFFF", "FSSFSS", "FSSSSS")
    }
    assert count["FFFFFF"] - count["FSSFSS"] == 4 * (count["FSSFSS"] - count["FSSSSS"]) > 0
    one, two = (read(FALCON | {"num_ln_in_parallel_attn": norms}).decoder.parameters for norms in (1, 2))
    assert two - one == 12 * 2 * 1024, "a norm with a bias in each layer"
    windows = [read(V4 | {"compress_ratios": [ratio] * 4}).decoder.parameters for ratio in (0, 128, 4)]
    assert windows == sorted(set(windows))


def test_a_width_is_rounded_where_the_model_s_own_code_rounds_it() -> None:
    lfm2 = SMALL | {"model_type": "lfm2", "layer_types": ["full_attention"] * 12}
    widths = [
        read(lfm2 | {"block_auto_adjust_ff_dim": adjusted}).as_json()["ffn"] for adjusted in (True, False)
    ]
    assert widths == [2048, 2816]
    assert "expansion_ratio: expected a positive number, got 'four'." in refused(
        SMALL | {"model_type": "mpt", "expansion_ratio": "four"}
    )


def test_keys_and_values_of_one_head_are_switched_off_by_a_flag() -> None:
    glm = SMALL | {"model_type": "chatglm", "multi_query_group_num": 2, "head_dim": 64}
    assert read(glm).as_json()["kv_heads"] == 2
    assert read(glm | {"multi_query_attention": False}).as_json()["kv_heads"] == 16


def test_a_stage_with_a_model_of_its_own_gets_the_one_that_is_read() -> None:
    from isocost.plan.inputs.defaults import new_stage

    new = new_project(CATALOG)
    (scenario,) = new.scenarios
    generation = new_stage("generation", CATALOG)
    own = replace(generation, model=scenario.model)
    project = replace(new, scenarios=(replace(scenario, stages=(*scenario.stages, own)),))
    changed = read_model(SMALL).change(project, CATALOG, Place(0, 1)).scenarios[0]
    assert changed.model == scenario.model
    assert changed.stages[1].model.shape.hidden == 1024


def test_a_plan_says_what_its_shape_has_no_place_for() -> None:
    shared = {"num_kv_shared_layers": 4, "use_double_wide_mlp": True, "head_dim": 64}
    gemma = read(SMALL | shared | {"model_type": "gemma4_text"}).planned
    assert "Feed-forwards of several widths are planned at their mean." in gemma.stands_in
    assert gemma.choice.shape.ffn == round(2816 * (8 + 2 * 4) / 12)
    kinds = ["linear_attention", "sliding_attention"] * 6
    beside = read(SMALL | {"model_type": "qwen3_next", "sliding_window": 512, "layer_types": kinds}).planned
    assert any(
        "Windows of the attention layers are left out beside linear layers" in each
        for each in beside.stands_in
    )
    latent = read(
        GLM
        | {
            "model_type": "deepseek_v3",
            "sliding_window": 512,
            "layer_types": ["sliding_attention", "full_attention"] * 6,
        }
    )
    shape = latent.planned.choice.shape
    assert (shape.window, shape.windowed_layers) == (512, 6)


def test_what_describes_storage_and_training_of_the_file_changes_nothing():
    plain = read(SMALL).as_json()
    more = {
        "quantization_config": {"quant_method": "fp8"},
        "torch_dtype": "float8_e4m3fn",
        "dtype": "bfloat16",
        "rope_scaling": {"factor": 8.0, "rope_type": "llama3"},
        "use_cache": False,
        "time_step_limit": [0.0, float("inf")],
        "attention_dropout": 0.1,
        "transformers_version": "4.56.0",
    }
    assert read(SMALL | more).as_json() == plain
    assert plain["not_understood"] == []


def test_a_model_inside_another_is_read_and_the_rest_named():
    outer = {
        "model_type": "qwen2_5_vl",
        "architectures": ["Qwen2_5_VLForConditionalGeneration"],
        "tie_word_embeddings": True,
        "text_config": SMALL | {"model_type": "qwen2"},
        "vision_config": {"hidden_size": 1280, "depth": 32},
        "audio_config": {"hidden_size": 512},
    }
    said = read(outer).as_json()
    assert said["tied"] is True
    assert said["vision"] is True
    assert [each.partition(":")[0] for each in said["not_understood"]] == ["vision_config", "audio_config"]
    inside = outer | {"text_config": SMALL | {"model_type": "qwen2", "tie_word_embeddings": False}}
    assert read(inside).as_json()["tied"] is False


@pytest.mark.parametrize("key", ["llm_config", "language_config", "text_config"])
def test_text_models_stand_under_several_names(key):
    assert read({"model_type": "internvl_chat", key: SMALL}).as_json()["hidden"] == 1024
    thinker = {"model_type": "qwen2_5_omni", "thinker_config": {"text_config": SMALL}}
    assert read(thinker).as_json()["hidden"] == 1024


def test_a_text_model_within_another_may_leave_out_what_its_class_says():
    llava = {"model_type": "llava", "text_config": {"model_type": "llama", "vocab_size": 32064}}
    found = read(llava | {"vision_config": {"model_type": "clip_vision_model", "hidden_size": 1024}})
    assert found.decoder.parameters == 6_738_939_904  # Llama 7B with 64 words more
    assert refused(llava["text_config"]).startswith("hidden_size: is missing")


def test_an_unknown_model_type_is_read_by_its_class_or_by_its_keys_and_said():
    by_class = read(
        SMALL | {"model_type": "novel", "architectures": ["DeepseekV3ForCausalLM"], "q_lora_rank": None}
    )
    assert by_class.as_json()["attention"] == "latent"
    assert "'novel' is not known: it was read as DeepseekV3ForCausalLM" in by_class.not_understood[0]
    by_keys = read(SMALL | {"model_type": "novel", "num_experts": 8, "num_experts_per_tok": 2})
    assert "read by its keys" in by_keys.not_understood[0]
    nameless = {key: value for key, value in SMALL.items() if key != "model_type"}
    assert read(nameless).as_json()["parameters"] == read(SMALL).as_json()["parameters"]


def test_keys_that_may_change_the_shape_are_named_and_those_that_cannot_are_not():
    found = read(SMALL | {"engram_tables": 4, "router_z_loss_coef": 0.1, "hc_width": None})
    (said,) = found.not_understood
    assert "engram_tables" in said
    assert "router" not in said


def test_a_shard_of_metas_own_parameters_is_read():
    llama = {"dim": 4096, "n_layers": 32, "n_heads": 32, "n_kv_heads": 8, "vocab_size": 128256}
    llama |= {"multiple_of": 1024, "ffn_dim_multiplier": 1.3, "norm_eps": 1e-5, "rope_theta": 500000.0}
    found = read(llama, "params.json").as_json()
    assert found["parameters"] == 8_030_261_248
    assert found["format"] == "params.json"
    seven = {"dim": 4096, "n_layers": 32, "n_heads": 32, "multiple_of": 256, "vocab_size": 32000}
    assert read(seven, "params.json").as_json()["parameters"] == 6_738_415_616
    mixtral = {"dim": 4096, "n_layers": 32, "head_dim": 128, "hidden_dim": 14336, "n_heads": 32}
    mixtral |= {"n_kv_heads": 8, "vocab_size": 32000, "moe": {"num_experts_per_tok": 2, "num_experts": 8}}
    assert read(mixtral, "params.json").as_json()["parameters"] == 46_702_792_704
    assert "vocab_size" in refused(seven | {"vocab_size": -1})


def test_an_adapter_asks_for_its_base():
    said = refused({"peft_type": "LORA", "r": 16, "base_model_name_or_path": "meta-llama/Llama-3.1-8B"})
    assert "adapter of rank 16" in said
    assert "'meta-llama/Llama-3.1-8B'" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hidden_size": "wide"}, "hidden_size: expected a whole number, got 'wide'."),
        ({"hidden_size": True}, "hidden_size: expected a whole number, got 'True'."),
        ({"hidden_size": 10**30}, "hidden_size: "),
        ({"hidden_size": -4}, "hidden_size: must be a whole number from 1"),
        ({"hidden_size": [4096]}, "hidden_size: expected a whole number, got a list."),
        ({"num_key_value_heads": 5}, "num_key_value_heads: must divide the 16 heads, got 5."),
        ({"num_hidden_layers": 10**8}, "num_hidden_layers: "),
        ({"model_type": 7}, "model_type: expected a word, got '7'."),
        ({"model_type": "zamba2"}, "model_type: 'zamba2' is built of blocks"),
        (
            {"model_type": "mixtral", "num_experts_per_tok": 9},
            "num_experts_per_tok: must be at most the 8 experts",
        ),
        ({"model_type": "gemma3_text", "layer_types": ["full_attention"]}, "layer_types: names 1 layers"),
        ({"layer_types": ["dilated"] * 12}, "layer_types: 'dilated' is no kind of layer known here."),
        ({"layer_types": [3] * 12}, "layer_types: expected a list of words"),
        ({"tie_word_embeddings": "yes"}, "tie_word_embeddings: expected true or false, got 'yes'."),
        ({"model_type": "nemotron_h", "hybrid_override_pattern": "M-X*"}, "'X' is none of them"),
        (
            {"model_type": "nemotron_h", "hybrid_override_pattern": " "},
            "expected letters M, *, - and E, one for each layer.",
        ),
        (
            {"model_type": "nemotron_h"},
            "hybrid_override_pattern: is missing; without it the model cannot be counted.",
        ),
        (
            {"n_routed_experts": 8, "num_experts_per_tok": 2, "mlp_layer_types": ["thick"] * 12},
            "'thick' is no kind of feed-forward",
        ),
        (
            {"n_routed_experts": 8, "num_experts_per_tok": 2, "moe_layer_freq": [1, 0]},
            "moe_layer_freq: names 2 layers, but there are 12.",
        ),
        ({"layer_types": ["mamba"] * 12}, "names linear layers, whose shape is not known of this family."),
        ({"layer_types": ["full_attention"] * 200_001}, "a list may hold"),
        ({"hidden_size": 8}, "head_dim: is missing; 16 heads share 8."),
        (
            {"model_type": "deepseek_v4", "compress_ratios": [4]},
            "compress_ratios: names 1 layers, but there are 12.",
        ),
    ],
)
def test_what_cannot_be_is_refused_naming_the_key(change, said):
    assert said in refused(SMALL | change)
    inside = {"model_type": "llava", "text_config": SMALL | change}
    assert refused(inside).startswith("text_config.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"model_type": "llama", "hidden_size": 4096, "num_hidden', "line 1, column"),
        ('{"model_type": "llama",\n "hidden_size": 4096,,}', "line 2, column 22: not valid JSON"),
        ('{"model_type": "llama", "hidden_size": ' + "[" * 9000, "nested more than 32 levels deep"),
        (
            '{"model_type": "llama", "hidden_size": 4096}' + " " * 4_000_000,
            "a configuration has at most 4,000,000",
        ),
        ('{"model_type": "llama", "architectures": [], "hidden_size": ' + "9" * 5000 + "}", "whole number"),
    ],
)
def test_broken_text_is_refused_naming_the_place(tmp_path, text, said):
    path = tmp_path / "config.json"
    path.write_text(text, "utf-8")
    with pytest.raises(FileError) as problem:
        read_file(path)
    assert said in str(problem.value)
    assert str(problem.value).startswith(str(path))


def test_a_key_that_stands_twice_is_said():
    text = json.dumps(SMALL)[:-1] + ', "hidden_size": 2048}'
    found = ModelReader().read(SourceFile("config.json", text), Given())
    assert found.decoder.hidden == 2048
    assert "hidden_size stands twice; the last counts." in found.not_understood


@pytest.mark.parametrize(
    "tree",
    [
        {"train_batch_size": 8, "zero_optimization": {"stage": 3}, "bf16": {"enabled": True}},
        {"model_name_or_path": "x", "per_device_train_batch_size": 4},
        {"log_history": [], "global_step": 4},
        {},
        {"architectures": "x"},
    ],
)
def test_other_json_is_not_taken_for_a_model(tree):
    assert not ModelReader().knows(SourceFile("settings.json", json.dumps(tree)))


def test_one_table_is_counted_once_where_a_family_ties_it_without_saying():
    tree = {
        "model_type": "minicpm", "hidden_size": 2304, "intermediate_size": 5760, "num_hidden_layers": 40,
        "num_attention_heads": 36, "num_key_value_heads": 36, "vocab_size": 122753,
    }  # fmt: skip
    assert read(tree).as_json()["parameters"] == pytest.approx(2.72e9, rel=0.005)


@pytest.mark.parametrize("kind", ["modernbert", "roberta", "distilbert", "bart", "mt5", "whisper"])
def test_encoders_are_not_counted_as_decoders(kind):
    tree = {
        "model_type": kind, "hidden_size": 768, "intermediate_size": 1152, "num_hidden_layers": 22,
        "num_attention_heads": 12, "vocab_size": 50368,
    }  # fmt: skip
    with pytest.raises(NotUnderstoodError, match="cannot be counted yet"):
        read(tree)
