# What is here: test (all of it), check (Go gates), unit, race, ui, check-ui (pages), parity, turns,
# clients, browser, bench, scale, fuzz, cross (binaries), release (archives). `make test` installs what it needs: programs from Debian
# or Ubuntu (test/install.sh), packages of Node.
GO ?= go
FUZZTIME ?= 10s
WRITE ?= --write
STATICCHECK = $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2
NPM_CI = npm ci --no-audit --no-fund --loglevel=error
GOFILES = $(shell git ls-files '*.go')
# A recipe that names MAKE itself would run under make -n too.
GNUMAKE := $(MAKE)
# A module of its own: what others can build on this one.
OUTSIDE = examples/plugin
# A relying party for tests, with dependencies of its own.
PARTY = test/clients/zitadel
PACKAGES = test/parity test/clients test/browser examples/express examples/nextjs ui/web

# What a release is built for, and what check tries: one of each system.
PLATFORMS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
CHECKED = linux/arm64 darwin/arm64 windows/amd64
VERSION = $(shell sed -n 's/^[[:space:]]*release = "\(.*\)"$$/\1/p' cmd/betterauth/version.go)
COMMIT = $(shell git rev-parse --short=12 HEAD)
LDFLAGS = -s -w -X main.release=$(VERSION) -X main.commit=$(COMMIT)

.PHONY: test check check-source check-cross ui check-ui unit race parity turns clients browser bench scale fuzz packages
.PHONY: cross release $(PLATFORMS:%=cross/%) $(CHECKED:%=check-cross/%)

test:
	@test/all.sh "$(GNUMAKE)"

check: check-source check-cross

check-source:
	@test -z "$$(gofmt -l $(GOFILES))" || { echo "not gofmt-ed:"; gofmt -l $(GOFILES); exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags blackbox ./...
	$(GO) vet -C $(OUTSIDE) ./...
	$(GO) mod tidy -diff
	$(GO) mod tidy -C $(OUTSIDE) -diff
	$(GO) vet -C $(PARTY) ./...
	$(GO) mod tidy -C $(PARTY) -diff
	$(STATICCHECK) ./...
	cd $(OUTSIDE) && $(STATICCHECK) ./...
	$(STATICCHECK) -tags blackbox ./cmd/...
	CGO_ENABLED=0 $(GO) build -o /dev/null ./...

# Everything builds for other systems. Without a build cache this takes minutes.
check-cross: $(CHECKED:%=check-cross/%)

$(CHECKED:%=check-cross/%): check-cross/%:
	CGO_ENABLED=0 GOOS=$(*D) GOARCH=$(*F) $(GO) build -o /dev/null ./...

# The pages of the binary: sources in ui/web, built files in ui/dist.
ui: ui/web/node_modules/.package-lock.json
	cd ui/web && npx tsc && npx vite build

# The committed files are those that the sources build.
check-ui: ui/web/node_modules/.package-lock.json
	cd ui/web && npx tsc && npx vite build --logLevel error --outDir node_modules/.built && diff -r ../dist node_modules/.built
	@echo "ok   ui/dist is what ui/web builds"

unit:
	$(GO) test ./...
	$(GO) test -C $(OUTSIDE) ./...

race: $(if $(shell command -v npm),test/parity/node_modules/.package-lock.json)
	BETTERAUTH_REFERENCE=$(if $(shell command -v npm),$(CURDIR)/test/parity/node_modules) $(GO) test -race -timeout 15m ./...
	$(GO) test -C $(OUTSIDE) -race ./...

# This server beside the npm reference: one scenario, two servers. Writes
# docs/parity.md and the figures in README.md.
parity: test/parity/node_modules/.package-lock.json
	cd test/parity && node selftest.mjs && node run.mjs $(WRITE)

# One database, two servers: requests in random turn, flows that change sides.
turns: test/parity/node_modules/.package-lock.json
	cd test/parity && node turns.mjs && node acceptance.mjs && node factor-policy.mjs && node shared-oauth.mjs && node shared-mail.mjs

# OAuth, OpenID and MCP clients of others against this server.
clients: test/clients/node_modules/.package-lock.json
	cd test/clients && node run.mjs

# The examples in a real browser.
browser: packages
	cd test/browser && node run.mjs --quick

# The Node packages of tests and examples.
packages: $(PACKAGES:%=%/node_modules/.package-lock.json)

%/node_modules/.package-lock.json: %/package-lock.json
	cd $* && $(NPM_CI)

# The same load on the reference, on this server and on a floor.
bench:
	bench/run.sh

# A site with a million users beside one with ten thousand. SCALE="-size 10%" is quicker.
scale:
	bench/scale.sh $(SCALE)

fuzz:
	FUZZTIME=$(FUZZTIME) bench/fuzz.sh

# Static binaries in dist/<system>_<architecture>/.
cross: $(PLATFORMS:%=cross/%)

$(PLATFORMS:%=cross/%): cross/%:
	CGO_ENABLED=0 GOOS=$(*D) GOARCH=$(*F) $(GO) build -trimpath -ldflags '$(LDFLAGS)' \
		-o dist/$(*D)_$(*F)/betterauth$(if $(filter windows,$(*D)),.exe) ./cmd/betterauth

# An archive of each binary with licence and changes, and SHA256SUMS, in dist/.
# The same commit and Go give the same bytes. Needs GNU tar and zip.
release: cross
	cmd/archive.sh "$(VERSION)" $(PLATFORMS)
