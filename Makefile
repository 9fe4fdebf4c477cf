# The one place that knows how to build, test and run this project; CI calls
# these targets too. "make" alone lists them.

SHELL         := bash
.DEFAULT_GOAL := help
MAKEFLAGS     += --no-print-directory

GO    ?= go
DATA  ?= .data
TESTS ?= ./...
FLAGS ?=
PAIRS ?= 5000
SETS  ?= 2000
SEED  ?= 1

ORACLES := internal/oracletest/npm
ARGS  ?=
COUNT ?= 1
# Where the test data are that this repository does not hold.
CASES := $(or $(SHOPGRAPH_CASES),../shared)

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

PLAYGROUND := router/server/playground
PAGE       := $(PLAYGROUND)/dist/index.html

.PHONY: build
build: $(if $(shell command -v npm),$(PAGE)) ## Build the program into bin/, with the full playground where npm is installed
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/shopgraph ./cmd/shopgraph

.PHONY: run
run: build ## Start everything: a private PostgreSQL, demo data, the subgraphs, the router, the playground (FLAGS="--listen :4000")
	@bin/shopgraph serve $(FLAGS)

.PHONY: playground
playground: $(PAGE) ## Build the playground's page, which needs npm

# What npm fails at (no network, say) costs the full playground only; its plain
# page remains.
$(PAGE): $(shell git ls-files $(PLAYGROUND)/src $(PLAYGROUND)/'*.json' $(PLAYGROUND)/build.mjs $(PLAYGROUND)/page.html)
	cd $(PLAYGROUND) && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build || \
		echo "the playground could not be built: its plain page is used"

.PHONY: test
test: ## Run every test, against a real PostgreSQL that is started when DATABASE_URL is not set (TESTS=./router/... for some)
	$(GO) test $(FLAGS) $(TESTS)

.PHONY: conformance
conformance: build ## Run the GraphQL over HTTP audit of npm's graphql-http against the router; needs npm
	cd e2e/conformance && npm ci --no-audit --no-fund --loglevel=error && node audit.mjs ../../bin/shopgraph ../../schema/supergraph.graphql

.PHONY: e2e
e2e: build ## Test the clients that people use, code generation, and the playground in a browser, against the running shop; needs npm and chromium
	cd e2e/clients && npm ci --no-audit --no-fund --loglevel=error && node run.mjs ../../bin/shopgraph

.PHONY: chaos
chaos: ## Kill the shop's processes while 50 clients order, then audit the books (FLAGS="--duration 10m --clients 100")
	$(GO) run ./e2e/chaos $(FLAGS)

.PHONY: race
race: ## Run every test with the race detector
	$(GO) test -race $(FLAGS) $(TESTS)

.PHONY: bench
bench: ## Run the benchmarks, for benchstat (TESTS=./router/... for some); bench/baseline.txt was made so
	$(GO) test -run '^$$' -bench . -benchmem -count $(COUNT) $(FLAGS) $(TESTS)

.PHONY: bench-shop
bench-shop: build ## Measure the shop's main query beside hand-written services, with a PostgreSQL of its own (ARGS="-rounds 9")
	@mkdir -p bin bench/results
	$(GO) build -o bin/bench-shop ./bench/shop
	bin/bench-shop -out bench/results $(ARGS)

.PHONY: bench-orders
bench-orders: ## Measure reading and placing an order beside the same SQL run bare, and count the statements (ARGS="-rounds 9")
	@mkdir -p bin bench/results
	$(GO) build -o bin/bench-orders ./bench/orders
	bin/bench-orders -out bench/results $(ARGS)

.PHONY: bench-compose
bench-compose: ## Measure composition beside the composers of npm, which it installs (SHOPGRAPH_CASES adds the largest case)
	@mkdir -p bin bench/results
	npm ci --prefix $(ORACLES) --no-audit --no-fund --loglevel=error
	$(GO) build -o bin/bench-compose ./bench/compose
	bin/bench-compose -out bench/results -cases "$(SHOPGRAPH_CASES)" $(ARGS)

.PHONY: bench-router
bench-router: build ## Measure the router beside a hard-coded reference and, where npm is, its rivals (ARGS="-rivals=false")
	@mkdir -p bin bench/results
	$(GO) build -o bin/bench-router ./bench/router
	bin/bench-router -out bench/results $(ARGS)

.PHONY: bench-scale
bench-scale: build ## Measure how cost grows: with answers, entities, subgraphs, depth, plans, connections, cores; and garbage collection
	@mkdir -p bin bench/results
	$(GO) build -o bin/bench-scale ./bench/scale
	bin/bench-scale -audit $(CASES)/federation/audit -out bench/results $(ARGS)

.PHONY: bench-stages
bench-stages: ## Say where the time of the shop's main query goes, by a profile of the whole shop in one process
	@mkdir -p bench/results
	$(GO) run ./bench/stages -out bench/results $(ARGS)

.PHONY: inspector
inspector: ## Measure the schema differ by GraphQL Inspector, which needs node and npm (PAIRS=5000 pairs of schemas)
	npm ci --prefix schema/check/testdata/inspector
	INSPECTOR_PAIRS=$(PAIRS) $(GO) test -count=1 -timeout 1h -v -run Inspector ./schema/check

# What the schema is compared with: where this branch left main, or, on main, the
# commit before. Without history there is nothing to compare with.
AGAINST ?= $(shell head=$$(git rev-parse HEAD 2>/dev/null) || exit 0; \
	for r in origin/main main; do \
		base=$$(git merge-base $$r HEAD 2>/dev/null) && [ "$$base" != "$$head" ] && echo git:$$r && exit; \
	done; \
	git rev-parse -q --verify HEAD~1 >/dev/null && echo git:HEAD~1)

.PHONY: schema-check
schema-check: ## Check what the schema's changes break, by our own "shopgraph check" (AGAINST=git:origin/main)
	@$(if $(AGAINST),,echo "there is no history here to compare with: operations and lint rules are checked, changes are not")
	$(GO) run ./cmd/shopgraph check $(if $(AGAINST),--against $(AGAINST)) $(FLAGS)

# The random subgraphs are others with another SEED.
.PHONY: oracle
oracle: ## Compare composition with the composers of npm, which it installs: the cases of a folder (DIR=...), or random ones (SETS=2000)
	npm ci --prefix $(ORACLES) --no-audit --no-fund --loglevel=error
	$(GO) test -count=1 -timeout 12h -v $(if $(DIR),-run FolderAgainstOracle ./schema/compose -cases $(abspath $(DIR)),-run AgainstOracle ./schema/compose -random $(SETS) -seed $(SEED))

.PHONY: generate
generate: ## Generate the subgraphs' code from their schemas, the API's reference, and the examples' clients
	$(GO) generate $$($(GO) list ./... | grep -v /examples/)
	@$(MAKE) $(if $(shell command -v npm),docs,docs/api/schema.graphql)
	$(GO) generate ./examples/...

.PHONY: docs docs/api/schema.graphql
docs: docs/api/schema.graphql ## Write the API's reference into docs/api/, which needs npm
	cd docs/api && npm ci --no-audit --no-fund --loglevel=error && npm run --silent reference

docs/api/schema.graphql:
	$(GO) run ./cmd/shopgraph api > $@.new && mv $@.new $@ || { rm -f $@.new; exit 1; }

.PHONY: compose
compose: ## Compose the subgraphs that supergraph.yaml lists into schema/supergraph.graphql
	$(GO) run ./cmd/shopgraph compose --output schema/supergraph.graphql

.PHONY: lint
lint: ## Check formatting, go vet, staticcheck and the shell scripts
	@unformatted=$$(git ls-files -z '*.go' | xargs -0 gofmt -l); \
	if [ -n "$$unformatted" ]; then echo "gofmt -w would change:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck $$($(GO) list ./... | grep -v /internal/generated)
	@git ls-files -z '*.sh' .ci/run | xargs -0 -n 1 bash -n

.PHONY: current
current: ## Check that everything generated is current
	@state() { { git diff HEAD; git ls-files -z --others --exclude-standard | xargs -0 git hash-object; } | git hash-object --stdin; }; \
	before=$$(state); \
	$(MAKE) compose generate; \
	if [ "$$before" != "$$(state)" ]; then \
		echo "generated files are not current; what \"make compose generate\" wrote is in the working tree now:"; \
		git status --short; exit 1; fi

.PHONY: check
check: lint current ## Everything CI checks but the tests
	@if docker compose version >/dev/null 2>&1; then \
		echo "docker compose config"; \
		POSTGRES_PASSWORD=x USERS_DATABASE_PASSWORD=x PRODUCTS_DATABASE_PASSWORD=x ORDERS_DATABASE_PASSWORD=x docker compose config --quiet; \
	else echo "docker compose is not here: docker-compose.yml is checked by cmd/shopgraph's tests only"; fi

# Secrets are made, never given a default that could stay in place.
.env:
	@umask 077; for name in POSTGRES USERS_DATABASE PRODUCTS_DATABASE ORDERS_DATABASE; do \
		echo "$${name}_PASSWORD=$$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"; done > $@
	@echo "made secrets in .env"

.PHONY: up
up: .env ## Build the image and start everything in containers
	docker compose up --build --detach --wait
	@echo 'the shop is at http://localhost:4000; "docker compose run --rm seed" fills it with demo data'

.PHONY: down
down: ## Stop the containers; their data stay ("docker compose down --volumes" removes them)
	docker compose down

.PHONY: clean
clean: ## Remove what was built, and the data of "make run"
	@if [ -L $(DATA)/postgres ]; then rm -rf "$$(readlink -f $(DATA)/postgres)"; fi
	rm -rf bin $(DATA) $(PLAYGROUND)/node_modules
	git clean -fdXq $(PLAYGROUND)/dist e2e
