# The commands of this project. A fresh machine needs Python 3.11 and make.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3

.PHONY: run talk check test test-more format icons lambda clean

run: $(VENV)/installed
	$(BIN)/gentle-back run

talk: $(VENV)/installed
	$(BIN)/gentle-back talk

# Style, types, content, and the committed interaction model.
check: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/gentle-back check
	$(BIN)/gentle-back model --check
	$(BIN)/gentle-back compile

# Python only, in under three minutes. Only the core is traced: every branch of it must be taken by the tests
# of the core itself.
CORE := tests/core tests/test_app.py tests/test_dialogues.py tests/test_random_conversations.py
PYTEST := OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -m "not more" -n 2

test: check
	$(PYTEST) $(CORE) --cov=skill/core --cov-report=
	$(BIN)/coverage report --fail-under=100
	$(PYTEST) $(addprefix --ignore=,$(CORE))

# What needs npm, Debian packages, a browser or a server, and installs it; and an audit of the packages.
test-more: $(VENV)/dev
	tests/more/install
	$(BIN)/python tests/more/audit.py
	$(BIN)/pytest -m more -n 2 --dist loadfile

# The artefact of the Lambda function, with its size and its cold start. ENCODER=1 puts the encoder into it.
PYTHON_VERSION ?= 3.13
ARCHITECTURE ?= arm64
ENCODER ?=
WITH_ENCODER := $(if $(filter-out 0,$(ENCODER)),--encoder)

lambda: $(VENV)/installed
	$(BIN)/python -m infra.aws.artefact --python "$(PYTHON_VERSION)" --architecture "$(ARCHITECTURE)" $(WITH_ENCODER)

format: $(VENV)/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The icons of the store, from interaction_model/assets/icon.svg.
icons: $(VENV)/dev
	$(BIN)/python -m tests.icons

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	$(BIN)/gentle-back encoder || echo 'Going on without the encoder: fewer free words are understood.'
	touch $@

$(VENV)/dev: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --group dev
	$(BIN)/gentle-back encoder
	touch $@

clean:
	rm -rf $(VENV) build dist skill/_content
