# Targets: test (everything), check (Go gates only), parity, bench, fuzz.
GO ?= go
STATICCHECK = $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: test check unit race parity bench fuzz

test: check race parity
	@echo "make test: all passed"

check:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "not gofmt-ed:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags blackbox ./...
	$(GO) mod tidy -diff
	$(STATICCHECK) ./...
	CGO_ENABLED=0 $(GO) build -o /dev/null ./...

unit:
	$(GO) test ./...

race:
	$(GO) test -race ./...

# The reference and this server side by side: needs Node 20 or newer.
parity:
	cd test/parity && npm ci --no-audit --no-fund --silent && node run.mjs --write

bench:
	cd bench && ./run.sh

fuzz:
	./bench/fuzz.sh 2>/dev/null || true
