//go:build linux

package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"sync"
)

// The cases here are those of the identity provider. Codes and tokens that a run uses
// up are made before it by this server, over the same database, for all servers.

const (
	returnTo  = "https://app.example.com/callback"
	verifier  = "a-code-verifier-of-more-than-forty-three-characters"
	scopes    = "openid email offline_access"
	usedUp    = 6000 // codes or refresh tokens for one run
	providers = "provider"
)

// client is the registered client of the setup.
type client struct {
	ID     string `json:"client_id"`
	Secret string `json:"client_secret"`
}

func (c client) basic() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.ID+":"+c.Secret))
}

// flow is a kind of request of the identity provider.
type flow struct {
	method, authorization string
	bodies                []string // one for each request, or one for all; none for no body
	once                  bool
}

// register makes the client of the setup.
func (b *bench) register(ctx context.Context, config string) error {
	text, err := exec.CommandContext(ctx, b.ours, "client", "create", "bench", "--redirect-uri", returnTo, "--skip-consent",
		"--client-credentials", "read", "--json", "--config", config).Output()
	if err != nil {
		if failed, ok := errors.AsType[*exec.ExitError](err); ok {
			err = fmt.Errorf("client create: %s", failed.Stderr)
		}
		return err
	}
	return json.Unmarshal(text, &b.client)
}

func (b *bench) codes(ctx context.Context, p *process) (flow, error) {
	codes, err := b.authorize(ctx, p, usedUp)
	for i, code := range codes {
		codes[i] = codeForm(code)
	}
	return flow{method: http.MethodPost, authorization: b.client.basic(), bodies: codes, once: true}, err
}

func codeForm(code string) string {
	return url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {returnTo}, "code_verifier": {verifier}}.Encode()
}

func (b *bench) refreshes(ctx context.Context, p *process) (flow, error) {
	tokens, err := b.tokens(ctx, p, usedUp)
	f := flow{method: http.MethodPost, authorization: b.client.basic(), once: true}
	for _, t := range tokens {
		f.bodies = append(f.bodies, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {t.Refresh}}.Encode())
	}
	return f, err
}

func (b *bench) credentials(context.Context, *process) (flow, error) {
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {"read"}}.Encode()
	return flow{method: http.MethodPost, authorization: b.client.basic(), bodies: []string{form}}, nil
}

func (b *bench) introspection(ctx context.Context, p *process) (flow, error) {
	tokens, err := b.tokens(ctx, p, 1)
	if err != nil {
		return flow{}, err
	}
	form := url.Values{"token": {tokens[0].Access}}.Encode()
	return flow{method: http.MethodPost, authorization: b.client.basic(), bodies: []string{form}}, nil
}

func (b *bench) userInfo(ctx context.Context, p *process) (flow, error) {
	tokens, err := b.tokens(ctx, p, 1)
	if err != nil {
		return flow{}, err
	}
	return flow{method: http.MethodGet, authorization: "Bearer " + tokens[0].Access}, nil
}

type granted struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

// tokens redeems n codes.
func (b *bench) tokens(ctx context.Context, p *process, n int) ([]granted, error) {
	codes, err := b.authorize(ctx, p, n)
	if err != nil {
		return nil, err
	}
	out := make([]granted, n)
	return out, inParallel(n, func(i int) error {
		return fetch(ctx, http.MethodPost, "http://"+p.address+"/api/auth/oauth2/token", codeForm(codes[i]), http.Header{"Authorization": {b.client.basic()}}, &out[i])
	})
}

// authorize returns n codes of a user who is signed in.
func (b *bench) authorize(ctx context.Context, p *process, n int) ([]string, error) {
	sum := sha256.Sum256([]byte(verifier))
	query := url.Values{
		"response_type": {"code"}, "client_id": {b.client.ID}, "redirect_uri": {returnTo}, "scope": {scopes}, "state": {"bench"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	codes := make([]string, n)
	return codes, inParallel(n, func(i int) error {
		var answer struct{ URL string }
		err := fetch(ctx, http.MethodGet, "http://"+p.address+"/api/auth/oauth2/authorize?"+query.Encode(), "",
			http.Header{"Cookie": {b.cookies[providers]}, "Accept": {"application/json"}, "User-Agent": {agent}}, &answer)
		if err != nil {
			return err
		}
		to, err := url.Parse(answer.URL)
		if err != nil {
			return err
		}
		if codes[i] = to.Query().Get("code"); codes[i] == "" {
			return fmt.Errorf("no code: %s", answer.URL)
		}
		return nil
	})
}

func fetch(ctx context.Context, method, address, form string, header http.Header, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form))
	if err != nil {
		return err
	}
	req.Header = header
	if form != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s %.300s", req.URL.Path, res.Status, text)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(text, out)
}

// inParallel calls fn for 0 to n-1 over a few connections.
func inParallel(n int, fn func(i int) error) error {
	const workers = 8
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n && errs[w] == nil; i += workers {
				errs[w] = fn(i)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
