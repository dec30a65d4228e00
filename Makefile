# Isocost: `make run` opens the window, `make test` checks everything. Both set up .venv first; `make help` lists the rest.
PYTHON ?=
export PYTHON

PY := .venv/bin/python
LINUX_DISPLAYS = $(if $(DISPLAY),xcb) $(if $(WAYLAND_DISPLAY),wayland)

.DEFAULT_GOAL := help
.PHONY: help run test lint bench screenshots package wheel calibrate prices accuracy docs file-format messages lock licences icons clean offscreen

help:
	@echo "make run          set up .venv and open the window"
	@echo "make test         set up .venv, then lint, types, layer contracts and all tests, without a display"
	@echo "make lint         ruff, mypy and import-linter only"
	@echo "make bench        measure speed into build/bench.json"
	@echo "make package      build the stand-alone app into dist/ and try it"
	@echo "make wheel        build wheel and sdist into dist/ and try them in an environment of their own"
	@echo "make screenshots  draw docs/screenshots"
	@echo "make calibrate    fit the constants of speed, memory, shapes and serving in resources to measured runs and models"
	@echo "make prices       choose resources/price_cards.csv from the quotes of resources/prices.csv"
	@echo "make accuracy     write docs/accuracy.md; say which predictions moved since the last commit"
	@echo "make docs         write the pages of docs that say what the code declares"
	@echo "make file-format  write docs/file-format.md and docs/plan.schema.json"
	@echo "make messages     gather what the app says into resources/languages, and compile it"
	@echo "make lock         write packaging/requirements.lock, with hashes (needs uv)"
	@echo "make licences     write packaging/licences.md from what is installed"
	@echo "make icons        draw the platform icons from resources/icons/isocost.svg"
	@echo "make clean        remove what the above made, .venv included"

.venv/.runtime: pyproject.toml tools/setup_venv.sh
	@sh tools/setup_venv.sh runtime
	@touch $@

.venv/.dev: pyproject.toml tools/setup_venv.sh
	@sh tools/setup_venv.sh dev
	@touch .venv/.runtime $@

.venv/.package: pyproject.toml packaging/requirements.lock tools/setup_venv.sh
	@sh tools/setup_venv.sh package
	@touch .venv/.runtime $@

offscreen: .venv/.dev
	@sh tools/setup_libraries.sh offscreen

run: .venv/.runtime
	@sh tools/check_display.sh
	@sh tools/setup_libraries.sh offscreen $(LINUX_DISPLAYS)
	@.venv/bin/isocost

lint: .venv/.dev
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/mypy tools/*.py
	.venv/bin/lint-imports

test: offscreen lint
	QT_QPA_PLATFORM=offscreen .venv/bin/pytest -n auto --maxprocesses 8 --dist worksteal

bench: offscreen
	$(PY) tools/bench.py

screenshots: offscreen
	$(PY) tools/screenshots.py

package: .venv/.package
	@sh tools/setup_libraries.sh offscreen xcb wayland
	@sh tools/setup_packaging.sh
	sh packaging/build.sh

wheel: offscreen
	sh tools/try_wheel.sh

calibrate: .venv/.dev
	$(PY) tools/calibrate.py
	$(PY) tools/left_out.py
	$(PY) tools/calibrate_memory.py
	$(PY) tools/calibrate_shapes.py
	$(PY) tools/calibrate_generation.py
	$(PY) tools/calibrate_whole_runs.py
	$(PY) tools/calibrate_pairs.py

prices: .venv/.dev
	$(PY) tools/price_cards.py

accuracy: .venv/.dev
	$(PY) tools/accuracy.py
	$(PY) tools/predictions.py

docs: .venv/.dev
	$(PY) tools/docs.py

file-format: .venv/.dev
	$(PY) tools/file_format.py

messages: .venv/.dev
	$(PY) tools/messages.py

lock:
	sh packaging/lock.sh

licences: .venv/.dev
	$(PY) tools/licences.py

icons: offscreen
	$(PY) tools/make_icons.py

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	find app tests tools -name __pycache__ -prune -exec rm -rf {} +
