# What is here: test (all of it), check (Go gates), unit, race, parity, turns,
# browser, bench, fuzz. `make test` installs the Node packages it needs; the
# database servers, Chromium, nginx and the Python packages come from Debian
# (.ci/run installs them).
GO ?= go
FUZZTIME ?= 10s
WRITE ?= --write
STATICCHECK = $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2
NPM_CI = npm ci --no-audit --no-fund --loglevel=error
GOFILES = $(shell git ls-files '*.go')

.PHONY: test check unit race parity turns browser bench fuzz

test: check race
	$(MAKE) parity WRITE=
	$(MAKE) turns browser
	@echo "make test: everything passed"

check:
	@test -z "$$(gofmt -l $(GOFILES))" || { echo "not gofmt-ed:"; gofmt -l $(GOFILES); exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags blackbox ./...
	$(GO) mod tidy -diff
	$(STATICCHECK) ./...
	$(STATICCHECK) -tags blackbox ./cmd/...
	CGO_ENABLED=0 $(GO) build -o /dev/null ./...

unit:
	$(GO) test ./...

race: test/parity/node_modules/.package-lock.json
	BETTERAUTH_REFERENCE=$(CURDIR)/test/parity/node_modules $(GO) test -race -timeout 15m ./...

# This server beside the npm reference: one scenario, two servers. Writes
# docs/parity.md and the figures in README.md.
parity: test/parity/node_modules/.package-lock.json
	cd test/parity && node selftest.mjs && node run.mjs $(WRITE)

# One database, two servers: requests in random turn, flows that change sides.
turns: test/parity/node_modules/.package-lock.json
	cd test/parity && node turns.mjs && node acceptance.mjs && node shared-oauth.mjs && node shared-mail.mjs

# The examples in a real browser.
browser:
	cd test/browser && $(NPM_CI) && node run.mjs

test/parity/node_modules/.package-lock.json: test/parity/package-lock.json
	cd test/parity && $(NPM_CI)

# The same load on the reference, on this server and on a floor.
bench:
	bench/run.sh

fuzz:
	FUZZTIME=$(FUZZTIME) bench/fuzz.sh
