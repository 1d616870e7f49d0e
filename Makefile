# Vonk: two commands for a newcomer (demo, test); the rest for who carries it on.
.PHONY: demo test soak format serve docs constraints dependencies clean

PYTHON ?= python3
BIN := .venv/bin
EXTRAS := bench,client,cluster,semantic,telemetry
CODE := api fixtures matching scoring tests
export PIP_DISABLE_PIP_VERSION_CHECK := 1

demo: .venv/.ready-run
	$(BIN)/vonk demo

serve: .venv/.ready-run
	$(BIN)/vonk serve --demo

test: .venv/.ready-dev
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -m "not soak" -n 2

soak: .venv/.ready-dev
	$(BIN)/pytest -m soak -n 2 --dist loadscope

format: .venv/.ready-dev
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

# What is generated from the code; a test compares.
docs: .venv/.ready-dev
	$(BIN)/python -m api.http.catalogue > docs/problems.md
	$(BIN)/python -m matching.settings_page > docs/settings.md

# Names and versions only, for all platforms and Pythons that the project runs on.
constraints: .venv/.ready-dev
	$(BIN)/uv pip compile pyproject.toml --group dev --all-extras --universal --python-version 3.11 --upgrade \
		--no-header --no-annotate --quiet --output-file constraints.txt

# What Vonk is built of; with all extras, so that the licence of each package can be read.
dependencies: .venv/.ready-dev
	@$(call install,-e '.[$(EXTRAS)]' --group dev)
	$(BIN)/python -m tests.docs.dependencies > .venv/dependencies.md && cp .venv/dependencies.md docs/security/dependencies.md

clean:
	rm -rf .venv .vonk

.venv/.ready-run: pyproject.toml constraints.txt
	@$(call environment)
	@$(call install,-e .)
	@touch $@

.venv/.ready-dev: pyproject.toml constraints.txt
	@$(call environment)
	@$(call install,-e . --group dev)
	@touch $@ .venv/.ready-run

# uv where present, else venv and pip.
define environment
	if [ ! -x $(BIN)/python ]; then \
		echo "Making the environment in .venv ..."; \
		if command -v uv >/dev/null 2>&1; then uv venv --quiet --python '>=3.11' .venv; \
		else $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Vonk needs Python 3.11 or newer")' \
			&& $(PYTHON) -m venv .venv; fi; \
	fi
endef

define install
	echo "Installing, versions as in constraints.txt ..."; \
	if command -v uv >/dev/null 2>&1; then uv pip install --quiet --python $(BIN)/python -c constraints.txt $(1); \
	else $(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1' \
		&& $(BIN)/python -m pip install --quiet -c constraints.txt $(1); fi
endef
