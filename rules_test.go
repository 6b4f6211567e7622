package betterauth

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The rules of AGENTS.md that can be checked in the source. Each table lists the exceptions with their reasons: a key
// is a directory, a directory with everything in it ("bench/..."), or a file. An exception that is not needed is an
// error.

// cryptoRooms lists the packages that may import cryptography, and what they may import.
var cryptoRooms = exceptions{
	"secret":               "*: hashes, signatures, encryption and randomness of our formats",
	"verify":               "*: checks tokens in other programs and imports nothing of ours",
	"callback":             "crypto/hmac crypto/sha256 crypto/rand: Standard Webhooks; receivers import the room, which therefore stays free of secret",
	"mail":                 "crypto/tls crypto/x509: the connection to an SMTP server",
	"kv/rediskv":           "crypto/tls: the connection to Redis",
	"store/sqlstore":       "crypto/x509 math/rand/v2: tells an unknown certificate apart from a failed connection; spreads repeated transactions",
	"internal/address":     "crypto/tls crypto/x509: certificates that database and Redis addresses name",
	"internal/testserver":  "*: certificates of the servers that tests start",
	"internal/passkeytest": "*: an authenticator for tests",
	"plugin/siwe":          "golang.org/x/crypto/sha3: Keccak-256, the hash of Ethereum",
	"plugin/passkey":       "crypto/rsa crypto/sha256 github.com/go-webauthn/webauthn/protocol github.com/go-webauthn/webauthn/protocol/webauthncbor github.com/go-webauthn/webauthn/protocol/webauthncose: WebAuthn, by the protocol's library",
	"bench/...":            "*: programs of their own",
	"examples/...":         "*: programs of their own",
	"test/clients/...":     "*: programs of their own",
}

// TestCryptoRooms: only secret hashes, signs, encrypts and generates random numbers.
func TestCryptoRooms(t *testing.T) {
	used := cryptoRooms.begin()
	for _, f := range sources(t) {
		for _, imp := range f.Imports {
			name, _ := strconv.Unquote(imp.Path.Value)
			if !isCrypto(name) {
				continue
			}
			reason, ok := used.find(f.name)
			allowed, _, _ := strings.Cut(reason, ":")
			if !ok || allowed != "*" && !slices.Contains(strings.Fields(allowed), name) {
				t.Errorf("%s imports %s; ask the package secret", f.at(imp), name)
			}
		}
	}
	used.end(t)
}

func isCrypto(name string) bool {
	for _, root := range []string{"crypto", "math/rand", "golang.org/x/crypto", "github.com/go-jose", "github.com/go-crypt", "github.com/go-webauthn"} {
		if name == root || strings.HasPrefix(name, root+"/") {
			return true
		}
	}
	return false
}

// clockRooms lists what may read the clock.
var clockRooms = exceptions{
	"betterauth.go":       "the clock of embedded servers, unless Options.Now gives another one",
	"cmd/betterauth":      "the clock of the command line",
	"verify":              "the default of Options.Now: verify has no front door",
	"internal/testserver": "validity of the certificates that tests use",
	"bench/...":           "measures",
	"examples/...":        "programs of their own",
}

// TestClockRooms: all other code is given the time, so that tests can choose it.
func TestClockRooms(t *testing.T) {
	forbid(t, clockRooms, "time", "Now", "Since", "Until")
}

// environmentRooms lists what may read the environment.
var environmentRooms = exceptions{
	"betterauth.go":       "NODE_ENV and the names of the reference, for embedded servers; Options.Environ gives another one",
	"cmd/betterauth":      "the command line",
	"internal/testserver": "CI=true, and the environment of the servers that it starts",
	"bench/...":           "programs of their own",
	"examples/...":        "programs of their own",
}

// TestEnvironmentRooms: all other code gets what it needs as options.
func TestEnvironmentRooms(t *testing.T) {
	forbid(t, environmentRooms, "os", "Getenv", "LookupEnv", "Environ", "ExpandEnv")
	forbid(t, exceptions{}, "syscall", "Getenv", "Environ")
}

// forbid reports every use of these names from a package of the standard library.
func forbid(t *testing.T, rooms exceptions, pkg string, names ...string) {
	t.Helper()
	used := rooms.begin()
	for _, f := range sources(t) {
		local := f.localName(pkg)
		if local == "." {
			t.Errorf("%s: import %s by name", f.name, pkg)
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok || !slices.Contains(names, s.Sel.Name) {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && x.Name == local {
				if _, ok := used.find(f.name); !ok {
					t.Errorf("%s reads %s.%s; it must be passed in", f.at(s), pkg, s.Sel.Name)
				}
			}
			return true
		})
	}
	used.end(t)
}

// answerFiles lists the files below auth, base, plugin and oauth that may write to an http.ResponseWriter.
var answerFiles = exceptions{
	"auth/serve.go": "the place where answers are written",
	"auth/cors.go":  "github.com/rs/cors answers preflight requests itself",
}

// TestAnswerRooms: in other files a ResponseWriter may be passed on and its header set; any other use writes an
// answer in the wrong place.
func TestAnswerRooms(t *testing.T) {
	used := answerFiles.begin()
	for _, p := range packages(t) {
		if !within(p.files[0].name, "auth", "base", "plugin/...", "oauth", "oauth/flow", "oauth/provider") {
			continue
		}
		for _, f := range p.files {
			writers, fine := map[types.Object]bool{}, map[ast.Expr]bool{}
			wrong := func(n ast.Node) {
				if _, ok := used.find(f.name); !ok {
					t.Errorf("%s: an answer is written outside auth/serve.go", f.at(n))
				}
			}
			web := f.localName("net/http")
			ast.Inspect(f.File, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.Field:
					for _, name := range n.Names {
						writers[p.info.Defs[name]] = isSelector(n.Type, web, "ResponseWriter")
					}
				case *ast.StructType:
					for _, field := range n.Fields.List {
						if isSelector(field.Type, web, "ResponseWriter") {
							wrong(field)
						}
					}
				case *ast.CallExpr:
					if p.handsOn(n) {
						for _, arg := range n.Args {
							fine[arg] = true
						}
					}
				case *ast.SelectorExpr:
					fine[n.X] = n.Sel.Name == "Header"
				case *ast.Ident:
					if writers[p.info.Uses[n]] && !fine[n] {
						wrong(n)
					}
				}
				return true
			})
		}
	}
	used.end(t)
}

// handsOn reports whether a call passes its arguments to a function of the same package, which the test checks too,
// or to a handler.
func (p *source) handsOn(call *ast.CallExpr) bool {
	name, ok := call.Fun.(*ast.Ident)
	if s, method := call.Fun.(*ast.SelectorExpr); method {
		if s.Sel.Name == "ServeHTTP" || s.Sel.Name == "ServeCall" {
			return true
		}
		name, ok = s.Sel, true
	}
	if !ok {
		return false
	}
	f, ok := p.info.Uses[name].(*types.Func)
	return ok && f.Pkg() == p.pkg
}

// stateFiles lists the files that may have package variables that change.
var stateFiles = exceptions{
	"js/reflect.go":       "encoders by Go type, each computed once",
	"schema/bind.go":      "plans by Go type, each computed once",
	"internal/testserver": "counts the databases that a test run has made",
}

// TestNoInit: there is no init function, and no package variable changes: none is a lock, a pool or an atomic value,
// and no function assigns to one.
func TestNoInit(t *testing.T) {
	used := stateFiles.begin()
	for _, p := range packages(t) {
		for _, f := range p.files {
			changing := func(n ast.Node, name string) {
				if _, ok := used.find(f.name); !ok && !within(f.name, "bench/...", "examples/...") {
					t.Errorf("%s: the package variable %s changes at run time", f.at(n), name)
				}
			}
			for _, decl := range f.Decls {
				switch d := decl.(type) {
				case *ast.FuncDecl:
					if d.Recv == nil && d.Name.Name == "init" {
						t.Errorf("%s: no init functions", f.at(d))
					}
				case *ast.GenDecl:
					for _, spec := range d.Specs {
						if v, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.VAR && f.isState(v) {
							changing(v, v.Names[0].Name)
						}
					}
				}
			}
			ast.Inspect(f.File, func(n ast.Node) bool {
				for _, target := range targets(n) {
					name := variable(target)
					if name == nil {
						continue
					}
					if v, ok := p.info.Uses[name].(*types.Var); ok && v.Parent() == p.pkg.Scope() {
						changing(n, v.Name())
					}
				}
				return true
			})
		}
	}
	used.end(t)
}

// isState reports whether a variable is meant to change: its type is from sync or sync/atomic.
func (f *file) isState(v *ast.ValueSpec) bool {
	locks, atomics := f.localName("sync"), f.localName("sync/atomic")
	found := false
	check := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name != "" && (x.Name == locks || x.Name == atomics) {
				found = true
			}
		}
		return true
	}
	if v.Type != nil {
		ast.Inspect(v.Type, check)
	}
	for _, value := range v.Values {
		ast.Inspect(value, check)
	}
	return found
}

// targets returns what a statement or a call changes.
func targets(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		return n.Lhs
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.RangeStmt:
		return []ast.Expr{n.Key, n.Value}
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 0 && (f.Name == "delete" || f.Name == "clear" || f.Name == "copy") {
			return n.Args[:1]
		}
	}
	return nil
}

// variable returns the variable that an expression belongs to.
func variable(e ast.Expr) *ast.Ident {
	switch e := e.(type) {
	case *ast.Ident:
		return e
	case *ast.IndexExpr:
		return variable(e.X)
	case *ast.SliceExpr:
		return variable(e.X)
	case *ast.SelectorExpr:
		return variable(e.X)
	case *ast.StarExpr:
		return variable(e.X)
	case *ast.ParenExpr:
		return variable(e.X)
	}
	return nil
}

// TestOneDoor: sessions begin in Context.SignIn and nowhere else, so that what
// may stop a sign-in stands there once.
func TestOneDoor(t *testing.T) {
	seen := false
	for _, f := range sources(t) {
		ast.Inspect(f.File, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			create, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || create.Sel.Name != "Create" {
				return true
			}
			if of, ok := create.X.(*ast.SelectorExpr); ok && of.Sel.Name == "Sessions" {
				seen = seen || f.name == "auth/signin.go"
				if f.name != "auth/signin.go" {
					t.Errorf("%s: a session begins outside auth/signin.go", f.at(n))
				}
			}
			return true
		})
	}
	if !seen {
		t.Error("auth/signin.go creates no session: the test looks for the wrong call")
	}
}

var startsServers = regexp.MustCompile(`\btestserver\.(Postgres|MariaDB|Redis|PgBouncer)|\beverywhere\.Run\(`)

// TestServersAreStopped: who starts databases for its tests stops them at their end.
func TestServersAreStopped(t *testing.T) {
	started, stopped := map[string]bool{}, map[string]bool{}
	for _, name := range files(t, "_test.go") {
		text := read(t, name)
		if startsServers.MatchString(text) {
			started[path.Dir(name)] = true
		}
		if strings.Contains(text, "testserver.Main(m)") || strings.Contains(text, "testserver.Stop()") {
			stopped[path.Dir(name)] = true
		}
	}
	if len(started) < 10 {
		t.Errorf("only %d packages start servers", len(started))
	}
	for dir := range started {
		if !stopped[dir] {
			t.Errorf("%s has no TestMain that calls testserver.Main", dir)
		}
	}
}
