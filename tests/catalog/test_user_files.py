"""The user's own files: what they add and override, and what is said when a record is wrong."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from isocost.catalog import CatalogError, load
from isocost.engine.architecture import parameters
from isocost.paths import resource

SOURCE = "source: here\n  sources_read: 2026-11-01"

MODEL = f"""
models:
- name: Ours
  layers: 2
  hidden: 64
  heads: 4
  kv_heads: 4
  head_dim: 16
  ffn: 256
  vocabulary: 1000
  {SOURCE}
"""


def write(folder, text, name="mine.yaml"):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def complaint(folder, text):
    said = load(write(folder, text)).problems[0]
    assert said.startswith("mine.yaml")
    assert "\n" not in said
    return said


def test_no_folder_changes_nothing(tmp_path):
    assert load(tmp_path / "none").accelerators.keys() == load(tmp_path).accelerators.keys()


def test_the_default_catalogue_is_loaded_once_and_reads_the_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ISOCOST_DATA", str(tmp_path))
    write(tmp_path / "catalog", MODEL)
    assert load() is load()
    assert load().model("ours").transformer.hidden == 64


def test_the_documented_example_works(tmp_path):
    page = (resource().parent / "docs" / "catalog.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert example is not None
    catalog = load(write(tmp_path, example[1]))
    shipped = load(tmp_path / "none")

    h100, before = catalog.accelerator("H100"), shipped.accelerator("H100")
    assert h100.spec.scaleout_bandwidth == pytest.approx(25e9)
    assert h100.spec.peak_flops == before.spec.peak_flops
    assert h100.sources["scaleout"].startswith("Our cluster")
    assert h100.sources["compute"] == before.sources["compute"]

    lab = catalog.accelerator("h200 lab")
    assert (lab.spec.id, lab.spec.power_w, lab.spec.memory_bytes) == ("h200-lab", 600, 141e9)
    assert lab.sources["power"] == "Rack measurements"

    assert catalog.model("ours 3b").transformer.tied_embeddings
    counted = parameters(catalog.model("Planned 90B-A6B").transformer)
    assert (counted.total, counted.active) == pytest.approx((90e9, 6e9))

    price = catalog.default_price("H100")
    assert price is not None
    assert (price.supplier, price.usd_per_gpu_hour, price.date) == ("Example Cloud", 2.85, "2026-11-01")
    listed = catalog.default_price("H100", "hyperscaler")
    assert listed is not None
    assert listed.supplier != "Example Cloud"
    assert len(catalog.price_cards("H100")) == len(shipped.price_cards("H100")) + 1


def test_own_prices_resolve_by_any_name_and_are_keyed_by_id(tmp_path):
    text = """
prices:
- {accelerator: H20, usd_per_gpu_hour: 1.5, supplier: Us, commitment: owned, source: ledger, date: 2026-10-01}
"""
    price = load(write(tmp_path, text)).default_price("h20")
    assert price is not None
    assert price.accelerator == "h20"


def test_a_wholly_new_accelerator_needs_every_figure(tmp_path):
    said = complaint(tmp_path, "accelerators:\n- {id: chip-x, source: a page}\n")
    assert re.search(r"accelerators\[1\], \w+: is missing", said)


def test_a_model_overrides_the_shipped_one_of_its_name(tmp_path):
    catalog = load(write(tmp_path, MODEL.replace("Ours", "Mistral 7B")))
    assert catalog.model("mistral-7b").transformer.hidden == 64


def test_later_files_win(tmp_path):
    write(tmp_path, MODEL, "a.yaml")
    write(tmp_path, MODEL.replace("hidden: 64", "hidden: 128"), "b.yaml")
    assert load(tmp_path).model("Ours").transformer.hidden == 128


@pytest.mark.parametrize(
    ("change", "field", "expected"),
    [
        (("layers: 2", "layers: lots"), "layers", "expected a number, got 'lots'"),
        (("layers: 2", "layers: -3"), "layers", "expected a positive number, got -3"),
        (("layers: 2", "layers: .nan"), "layers", "expected a positive number, got nan"),
        (("layers: 2", "layers: .inf"), "layers", "in range"),
        (("layers: 2\n", "leyers: 2\n"), "leyers", "did you mean layers?"),
        (("  layers: 2\n", ""), "layers", "is missing"),
        (("sources_read: 2026-11-01", "sources_read: yesterday"), "sources_read", "a date such as"),
        (("ffn: 256", "ffn: 256\n  attention: linear"), "attention", "one of mha, mla"),
        (("ffn: 256", "ffn: 256\n  gated: perhaps"), "gated", "true or false"),
        (("ffn: 256", "ffn: 256\n  moe_layers: 9"), "moe_layers", "at most layers 2"),
        (("ffn: 256", "ffn: 256\n  moe_layers: 2"), "experts", "top_k"),
        (("ffn: 256", "ffn: 256\n  attention: mla"), "kv_lora_rank", "latent attention needs"),
        (("ffn: 256", "ffn: 256\n  windowed_layers: 3\n  window: 8"), "windowed_layers", "at most layers"),
        (("source: here", "source: ''"), "source", "expected some text"),
    ],
)
def test_a_wrong_model_is_named_with_its_field(tmp_path, change, field, expected):
    assert change[0] in MODEL
    said = complaint(tmp_path, MODEL.replace(*change))
    assert said.startswith(f"mine.yaml models[1], {field}: ")
    assert expected in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "models:\n- {name: X, shape: size, source: s, sources_read: 2026-01-01}",
            "published_total: is missing",
        ),
        (
            "models:\n- {name: X, shape: size, published_total: 1e+9, published_active: 2e+9, source: s, "
            "sources_read: 2026-01-01}",
            "published_active: expected at most published_total",
        ),
        (
            "models:\n- {name: X, shape: size, published_total: 9e+12, published_active: 1e+6, source: s, "
            "sources_read: 2026-01-01}",
            "published_active: ",
        ),
        (MODEL.replace("Ours", "LLaMA-2 7B"), "already means Llama 2 7B"),
        ("accelerators:\n- {id: new, like: h10-sxm, source: s}", "did you mean h100-sxm?"),
        (
            "accelerators:\n- {id: h100-sxm, memory_gb: lots, source: s}",
            "memory_gb: expected a number, got 'lots'",
        ),
        ("accelerators:\n- {id: h100-sxm, node_size: 0, source: s}", "node_size: expected a whole number"),
        ("accelerators:\n- {id: h100-sxm, memory_gb: 96}", "source: is missing"),
        ("accelerators:\n- {id: h100-sxm, status: soon, source: s}", "one of sold, announced, unrated"),
        (
            "prices:\n- {accelerator: h10, usd_per_gpu_hour: 1, supplier: a, commitment: b, source: c, "
            "date: 2026-01-01}",
            "accelerator: No accelerator is called 'h10'; did you mean H100?",
        ),
        (
            "prices:\n- {accelerator: h20, usd_per_gpu_hour: -1, supplier: a, commitment: b, source: c, "
            "date: 2026-01-01}",
            "usd_per_gpu_hour: expected a positive number, got -1",
        ),
        ("price:\n- 1", "price: not a known section; did you mean prices?"),
        ("prices: 3", "prices: expected a list"),
        ("prices:\n- 3", "prices[1]: expected fields with values, got 3"),
        ("- 1", "expected a mapping"),
        ("prices: [", "not readable as YAML"),
        ("models: []\nprices: [*x, *x]", "line 2: YAML aliases (*) are not accepted"),
        ("models: &x [1]\nprices: [*x, *x]", "line 1: YAML anchors (&) are not accepted"),
        ("prices: !!python/object/apply:os.getcwd []", "not readable as YAML"),
        ("prices: " + "[" * 3000 + "]" * 3000, "nested more than 8 levels deep"),
    ],
)
def test_a_wrong_file_is_explained_in_a_sentence(tmp_path, text, expected):
    assert expected in complaint(tmp_path, text)


def test_a_huge_file_is_refused_unread(tmp_path):
    folder = write(tmp_path, "")
    with (folder / "mine.yaml").open("wb") as stream:
        stream.truncate(1_000_000_000)
    assert load(folder).problems == ("mine.yaml: larger than 5 MB, too large for a catalogue.",)


def test_bytes_that_are_not_text_are_refused(tmp_path):
    (tmp_path / "mine.yaml").write_bytes(b"prices:\n- \xff\xfe")
    assert load(tmp_path).problems == ("mine.yaml: not UTF-8 text (byte 10).",)


@pytest.mark.parametrize(
    ("find", "said"),
    [
        (lambda c: c.accelerator("H10"), "No accelerator is called 'H10'; did you mean H100?"),
        (lambda c: c.model("DeepSeek-V33"), "No model is called 'DeepSeek-V33'; did you mean DeepSeek-V3?"),
        (lambda c: c.model("zzzz"), "No model is called 'zzzz'; known are for example"),
        (lambda c: c.accelerator("WSE-3"), "no published dense peak"),
        (lambda c: c.model("GPT-4").transformer, "The size of GPT-4 is not published"),
        (lambda c: c.default_price("nothing"), "No accelerator is called 'nothing'"),
    ],
)
def test_unknown_names_are_answered_with_the_likely_one(find, said):
    with pytest.raises(CatalogError) as caught:
        find(load())
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("units", "read"),
    [
        ("", (1, 2, 4)),
        ("  rent_units: 4\n", (4,)),
        ("  rent_units: [1, 4]\n", (1, 4)),
        ('  rent_units: "1,4"\n', (1, 4)),
    ],
)
def test_units_of_rent_of_an_own_server(tmp_path, units, read):
    text = f"accelerators:\n- id: ours\n  like: gb200\n  name: Ours\n  short_name: O\n{units}  {SOURCE}\n"
    text = text.replace("  short_name", "  node_size: 4\n  short_name")
    entry = load(write(tmp_path, text)).accelerator("ours")
    assert entry.rent_units == read
    assert entry.sources["rent"] == "here"


@pytest.mark.parametrize("units", ["[4, 1]", "3", "0", "many", "1.5"])
def test_units_of_rent_that_cannot_be_are_refused(tmp_path, units):
    text = f"accelerators:\n- id: gb200\n  rent_units: {units}\n  {SOURCE}\n"
    assert "accelerators[1], rent_units" in complaint(tmp_path, text)


GARBAGE = (
    "2026-02-30", "!!int abc", "9" * 5000, "1e12", "1e-320", "1e308", "-1", "0", ".nan", ".inf", "[]",
    "{a: b}", "~", "true", "''", "12:30", "&a 3", "*a", "!!python/object/apply:os.getcwd []",
    "|\n    a\n    b", '"\\0"',
)  # fmt: skip
BESIDE = """
prices:
- {accelerator: h20, usd_per_gpu_hour: 1.5, supplier: Us, commitment: owned, source: ledger, date: 2026-10-01}
"""
RECORDS = {
    "models": MODEL.removeprefix("\nmodels:\n"),
    "accelerators": "- id: mine\n  like: h100-sxm\n  name: Mine\n  short_name: Mine\n  memory_gb: 96\n"
    "  sources_read: 2026-11-01\n  source: here\n",
    "prices": "- accelerator: h100-sxm\n  usd_per_gpu_hour: 2\n  supplier: Us\n  commitment: owned\n"
    "  source: here\n  date: 2026-10-01\n",
}


@pytest.mark.parametrize("value", GARBAGE)
@pytest.mark.parametrize("section", RECORDS)
def test_a_wrong_value_costs_its_own_record_alone(tmp_path, section, value):
    write(tmp_path, BESIDE, "beside.yaml")
    record = RECORDS[section]
    for line in record.splitlines():
        name, _, right = line.removeprefix("- ").strip().partition(": ")
        written = record.replace(f"{name}: {right}", f"{name}: {value}", 1)
        catalog = load(write(tmp_path, f"{section}:\n{written}", "mine.yaml"))
        price = catalog.default_price("h20")
        assert price is not None
        assert price.supplier == "Us"
        for problem in catalog.problems:
            assert f"mine.yaml {section}[1]" in problem
            assert problem.endswith((".", "?"))
            assert "\n" not in problem
            assert len(problem) < 300


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("2026-11-01", "2026-02-30"), "sources_read: expected a day of the calendar such as 2026-11-23"),
        (("layers: 2", "layers: !!int abc"), "layers line 4: not readable as YAML (tags (!)"),
        (("layers: 2", "layers: 1e12"), "layers: a model has 100,000 to 1e+15 parameters"),
        (("layers: 2", "layers: 2\n  published_total: 1e-320"), "published_total: "),
    ],
)
def test_what_kept_the_window_from_starting_is_named(tmp_path, change, said):
    assert f"mine.yaml models[1], {said}" in complaint(tmp_path, MODEL.replace(*change))


@pytest.mark.parametrize("total", ["1e-320", "5", "9e4"])
def test_a_size_no_model_has_says_which_it_may_have(tmp_path, total):
    text = "models:\n- {name: X, shape: size, published_total: %s, source: s, sources_read: 2026-11-01}\n"
    said = complaint(tmp_path, text % total)
    assert "models[1], published_total: a model has 100,000 to 1e+15 parameters" in said


def test_a_number_is_a_name(tmp_path):
    catalog = load(write(tmp_path, MODEL.replace("name: Ours", "name: 405")))
    assert catalog.problems == ()
    assert catalog.model("405").transformer.hidden == 64


def test_places_that_cannot_be_read_are_said_and_the_rest_is_read(tmp_path, monkeypatch):
    write(tmp_path, MODEL)
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "closed.yaml").write_text("")
    (tmp_path / os.fsdecode(b"\xff.yaml")).write_bytes(b"\x00\x01")
    whole = Path.open

    def opened(path: Path, *args: object) -> object:
        if path.name == "closed.yaml":
            raise PermissionError(13, "Permission denied")
        return whole(path, *args)

    monkeypatch.setattr(Path, "open", opened)
    catalog = load(tmp_path)
    assert catalog.model("Ours").transformer.hidden == 64
    said = "\n".join(catalog.problems)
    for name in ("pipe.yaml", "folder.yaml", "gone.yaml"):
        assert f"{name}: not a file that can be read." in said
    assert "closed.yaml: cannot be read (Permission denied)." in said
    assert "\ufffd.yaml: not readable as YAML" in said


def test_a_folder_that_cannot_be_read_is_said(tmp_path, monkeypatch):
    (tmp_path / "catalog").write_text("not a folder")
    assert load(tmp_path / "catalog").problems == (
        "catalog: the catalogue folder cannot be read (Not a directory).",
    )

    def refuse(path: Path) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert load(tmp_path).problems[0].endswith("the catalogue folder cannot be read (Permission denied).")


def test_a_second_record_of_a_name_is_said_and_a_day_that_is_none_is_left_out(tmp_path):
    size = "shape: size, published_total: 1e9, evidence: read, source: mine, sources_read: 2026-11-01"
    (tmp_path / "a.yaml").write_text(
        "models:\n"
        f"- {{name: Mine, organisation: Me, named: true, {size}}}\n"
        f"- {{name: Mine, organisation: Me, named: true, {size.replace('1e9', '2e9')}}}\n"
        f"- {{name: Other, organisation: Me, named: true, released: 2026-02-30, {size}}}\n"
        f"- {{name: Third, organisation: Me, named: true, released: 2026-02, {size}}}\n",
        encoding="utf-8",
    )
    catalog = load(tmp_path)
    assert catalog.models["Mine"].published_total == 2e9
    assert "Third" in catalog.models
    assert "Other" not in catalog.models
    replaced, no_day = catalog.problems
    assert replaced == "a.yaml models[1]: Mine stands in a.yaml models[2] again, which replaces it."
    assert "released: expected a day" in no_day


def test_a_sentence_that_asks_which_is_meant_ends_there(tmp_path):
    (tmp_path / "a.yaml").write_text(
        "accelerators:\n- {id: mine, like: h100-sxn, source: me}\n"
        "models:\n- {name: Mine, organisaton: Me}\nmodel: []\n",
        encoding="utf-8",
    )
    problems = load(tmp_path).problems
    assert problems
    assert all(not said.endswith("?.") for said in problems)
    assert any(said.endswith("did you mean h100-sxm?") for said in problems)


PRICE = """
prices:
- {{accelerator: {name}, usd_per_gpu_hour: 98, supplier: S, commitment: spot, source: o, date: 2026-11-01}}
"""


@pytest.mark.parametrize("name", ["p5.48xlarge", "DGX H100", "Standard_ND96isr_H100_v5"])
def test_a_price_of_an_instance_of_several_is_not_taken_for_that_of_one(tmp_path, name):
    catalog = load(write(tmp_path, PRICE.format(name=name)))
    assert catalog.default_price("h100-sxm") == load(tmp_path / "none").default_price("h100-sxm")
    assert catalog.problems == (
        f"mine.yaml prices[1], accelerator: {name} holds 8; write the price of one, under h100-sxm.",
    )


def test_a_price_of_an_instance_of_one_is_taken(tmp_path):
    catalog = load(write(tmp_path, PRICE.format(name="p5.4xlarge")))
    assert catalog.problems == ()
    price = catalog.default_price("h100-sxm")
    assert price is not None
    assert price.usd_per_gpu_hour == 98


@pytest.mark.parametrize("name", ["mine.yml", "MINE.YAML", "mine.Yml"])
def test_files_are_read_however_their_ending_is_written(tmp_path, name):
    assert load(write(tmp_path, MODEL, name)).model("Ours").name == "Ours"


@pytest.mark.parametrize("name", ["prices.csv", "mine.json", "Parts.XLSX"])
def test_a_file_that_is_not_read_is_named(tmp_path, name):
    (said,) = load(write(tmp_path, MODEL, name)).problems
    assert said.startswith(f"{name}: only YAML is read here")


def test_notes_and_copies_beside_the_files_are_let_be(tmp_path):
    for name in ("README.txt", "mine.yaml.bak", "notes.md"):
        write(tmp_path, "anything", name)
    assert load(tmp_path).problems == ()
