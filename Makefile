# Guomen 国门. make demo runs it, make test is everything that CI checks, make build leaves bin/guomen.

SHELL := /bin/bash

LISTEN ?= 127.0.0.1:8080
SEED   ?= 1
SPEED  ?=
STORY  ?=
# Begun anew at every start, unless another folder is named.
FRESH := build/demo-$(lastword $(subst :, ,$(LISTEN)))
DATA  = $(FRESH)

FRONTEND := internal/web/frontend
BUNDLE   := internal/web/dist/licenses.json
MODULES  := $(FRONTEND)/node_modules/.package-lock.json
# What the bundle is made from: its own sources, and the pages, whose words say which styles are used.
PAGES := $(shell find . -name node_modules -prune -o -name dist -prune -o -name '.?*' -prune -o \
	\( -name '*.mjs' -o -name '*.css' -o -name '*.tmpl' -o -path './$(FRONTEND)/*.js' -o -path '*web/*.go' \) -print)
# The commit goes into the program where git can tell it.
STAMP := $(shell git rev-parse HEAD >/dev/null 2>&1 && echo true || echo false)

.PHONY: build demo test tools bundle

build: bundle
	CGO_ENABLED=0 go build -trimpath -buildvcs=$(STAMP) -o bin/guomen ./cmd/guomen

demo: build
	@if (exec 3<>/dev/tcp/$(subst :,/,$(LISTEN))) 2>/dev/null; then \
		echo "something listens on $(LISTEN) already; type: make demo LISTEN=127.0.0.1:8081" >&2; exit 1; fi
	@rm -rf $(FRESH)
	@exec bin/guomen demo --listen $(LISTEN) --seed $(SEED) $(if $(SPEED),--speed $(SPEED)) $(if $(STORY),--story $(STORY)) --data $(DATA)

# Only what shares memory between goroutines runs under the race detector. What inserts durably is up to sixteen times
# slower there and gets fewer examples; what kills processes and waits for them finds nothing more there and stays out.
test: tools bundle
	@unformatted=$$(find . -name node_modules -prune -o -name '*.go' -print | xargs gofmt -l); \
		test -z "$$unformatted" || { echo "not formatted (gofmt -w):"; echo "$$unformatted"; exit 1; }
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
	CGO_ENABLED=1 go test -race -short ./internal/ledger/... ./internal/web/...
	CGO_ENABLED=1 go test -race -short -skip 'Torture|Outage|ManyProcesses|TwoProcesses|FullDisk' ./internal/store/... -rapid.checks=5
	go test ./...

# Without npm the program builds all the same, and its pages have no style.
ifneq ($(shell command -v npm),)
bundle: $(BUNDLE)
else
bundle:
	@echo "npm is lacking, so the pages will have no style; type: apt-get install nodejs npm" >&2; test "$$CI" != true
endif

$(MODULES): $(FRONTEND)/package.json $(FRONTEND)/package-lock.json
	cd $(FRONTEND) && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(BUNDLE): $(MODULES) $(PAGES)
	cd $(FRONTEND) && npm run --silent build

# What tests need beside Go: a PostgreSQL server (each package runs one of its own), a browser, and letters for Chinese.
tools:
	@lacking=; \
	command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || lacking="$$lacking postgresql"; \
	command -v chromium >/dev/null || command -v google-chrome >/dev/null || lacking="$$lacking chromium"; \
	ls /usr/share/fonts/*/noto/*CJK* >/dev/null 2>&1 || fc-list :lang=zh 2>/dev/null | grep -q . || lacking="$$lacking fonts-noto-cjk"; \
	command -v gcc >/dev/null || lacking="$$lacking gcc libc6-dev"; \
	test -n "$$lacking" || exit 0; \
	if test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
		mkdir -p /etc/postgresql-common && { test -e /etc/postgresql-common/createcluster.conf || echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf; }; \
		apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $$lacking; \
	else \
		echo "some tests are skipped or fail; to run them all, type: sudo apt-get install -y --no-install-recommends$$lacking" >&2; \
	fi
