SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Tools are pinned here, and installed below bin/ on first use.
GOLANGCI_LINT_VERSION := v2.15.0
GOLANGCI_LINT := bin/golangci-lint-$(GOLANGCI_LINT_VERSION)

# FTS5, which D1 has, is in the SQLite driver only with this tag.
TAGS := -tags sqlite_fts5

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: all
all: generate lint test ## Generate, lint and test

.PHONY: test
test: ## Run all tests
	go test ./...

.PHONY: lint
lint: $(GOLANGCI_LINT) ## Check format, style and go.mod
	go mod tidy -diff
	$(GOLANGCI_LINT) run ./...

.PHONY: generate
generate: bin/rowhouse ## Run rowhouse on itself: gen/ from schema/ and queries/
	bin/rowhouse generate

# The second check is for what --check cannot see: code that is right in the
# folder and was never committed.
.PHONY: checkgenerate
checkgenerate: bin/rowhouse ## Fail if gen/ is not what rowhouse generates, or not committed
	bin/rowhouse generate --check
	@if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then \
		git --no-pager diff --exit-code --stat HEAD -- gen ':!gen/*_test.go'; \
		untracked=$$(git ls-files --others -- gen ':!gen/*_test.go'); \
		if [ -n "$$untracked" ]; then echo "not committed:"; echo "$$untracked"; exit 1; fi; \
	fi

.PHONY: checkmigrations
checkmigrations: bin/rowhouse ## Fail if migrations/ does not make schema/, or would lose rows
	bin/rowhouse migrate verify
	bin/rowhouse migrate lint

# The same commands as in the README, in a folder that does not know this one.
.PHONY: demo
demo: bin/rowhouse ## Make the starter project in a temporary folder, and run it
	@export PATH="$(CURDIR)/bin:$$PATH"; \
	folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; cd "$$folder"; \
	run() { printf '\n$$ %s\n' "$$*"; "$$@"; }; \
	run rowhouse init shop; \
	run cd shop; \
	run go generate ./...; \
	run go vet ./...; \
	run go run .

.PHONY: testfts5
testfts5: ## Test migrations of full text indexes, with the SQLite that has them
	go test $(TAGS) -run 'FTS5|Features' ./internal/migrate/plan

.PHONY: integration
integration: ## Run exported migrations with wrangler (D1), goose, golang-migrate and dbmate
	$(MAKE) -C integration test

.PHONY: mutants
mutants: ## Judge the prover by 36,000 mutated statements on real databases
	go test ./internal/prove -count 1 -run TestMutants -mutants 36000 -seed 1 -tries 6 -v

.PHONY: bench
bench: ## Measure generated code beside its rivals; writes bench/results.json and .svg
	$(MAKE) -C bench bench

.PHONY: benchquick
benchquick: ## Have all contestants of bench/ do the same work, and compare what they return
	$(MAKE) -C bench test quick

.PHONY: bench-generate
bench-generate: ## Measure generators and the builds of what they write; writes bench/generators.json
	$(MAKE) -C bench generators

.PHONY: benchproof
benchproof: ## Run the benchmarks of the prover and the other internals
	go test -run '^$$' -bench . -benchmem ./internal/...

.PHONY: bench-tenant
bench-tenant: ## Export and import a million rows; prints rows per second and memory
	go test -run '^$$' -bench 'Export|Import' -benchtime 1x ./gen

.PHONY: cover
cover: ## Print the coverage of the tests
	@mkdir -p bin
	go test -coverpkg=./cmd/...,./internal/... -coverprofile=bin/cover.out ./...
	@go tool cover -func=bin/cover.out | tail -n 1

# go build itself knows what has changed.
.PHONY: bin/rowhouse
bin/rowhouse:
	@echo "go build $(TAGS) -o bin/rowhouse ./cmd/rowhouse"
	@go build $(TAGS) -o bin/rowhouse ./cmd/rowhouse

$(GOLANGCI_LINT):
	GOBIN="$(CURDIR)/bin/install" go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)
	mv bin/install/golangci-lint $@
	rmdir bin/install

# The starter project without a log and with one, each in a folder of its own.
.PHONY: bench-audit
bench-audit: bin/rowhouse ## Measure what the audit log costs; prints times beside those without it
	@export PATH="$(CURDIR)/bin:$$PATH"; \
	folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	for log in "" "audit_log: [product]"; do \
		rm -rf "$$folder/shop"; cd "$$folder"; \
		rowhouse init shop >/dev/null; cd shop; \
		if [ -n "$$log" ]; then sed -i "s/^          package: gen/&\n          $$log/" sqlc.yaml; fi; \
		rowhouse generate; \
		cp "$(CURDIR)/bench/auditlog/product_test.go.txt" product_test.go; \
		printf '\n%s\n' "$${log:-without a log}"; \
		go test -run '^$$' -bench Product -benchmem .; \
	done
