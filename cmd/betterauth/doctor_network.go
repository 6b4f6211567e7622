package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

const maxAnswer = 1 << 20

// network checks the running server, at the given address or at baseURL.
func (d *doctor) network(asked string) {
	base := asked
	if base == "" {
		base = d.file.BaseURL()
		if base == "" || d.production() && isLocal(d.publicHost()) {
			return
		}
	}
	base, err := d.endpoints(base)
	if err != nil {
		d.add(severityError, "server", err.Error(), "write it like https://example.com")
		return
	}
	status, _, err := d.get(base + "/ok")
	if err != nil {
		s := severityNote
		if asked != "" {
			s = severityError
		}
		d.add(s, "server", base+" cannot be reached from here: "+reason(err), "check that it runs, that the name resolves and that the certificate is valid")
		return
	}
	if status != http.StatusOK {
		d.add(severityError, "server", fmt.Sprintf("%s/ok answers %d", base, status), "check that the proxy passes "+d.basePath()+" on unchanged, and that basePath is the same on both sides")
		return
	}
	d.add(severityOK, "server", base+" answers", "")
	d.jwks(base)
	d.cors(base)
}

func (d *doctor) endpoints(base string) (string, error) {
	full, err := origin.BaseURL(base, d.basePath())
	return strings.TrimRight(full, "/"), err
}

func (d *doctor) basePath() string {
	if u, err := url.Parse(d.file.BaseURL()); err == nil && strings.Trim(u.Path, "/") != "" {
		return u.Path
	}
	if path, err := origin.ConfiguredPath(d.o.BasePath); err == nil && d.o.BasePath != "" {
		return path
	}
	return origin.DefaultBasePath
}

// jwks fetches the keys with which other servers check tokens.
func (d *doctor) jwks(base string) {
	on := false
	for _, p := range d.file.Plugins {
		on = on || p.ID == "jwt"
	}
	if !on {
		d.add(severityNote, "JWKS", "the plugin jwt is not on: there are no tokens for other servers", "")
		return
	}
	status, body, err := d.get(base + "/jwks")
	var set struct {
		Keys []struct{ Alg, Kid string }
	}
	switch {
	case err != nil:
		d.add(severityError, "JWKS", base+"/jwks cannot be reached: "+reason(err), "make it reachable for other servers")
	case status != http.StatusOK:
		d.add(severityError, "JWKS", fmt.Sprintf("%s/jwks answers %d", base, status), "check that the running server has the plugin jwt, with the path that other servers use")
	case json.Unmarshal(body, &set) != nil || len(set.Keys) == 0:
		d.add(severityError, "JWKS", base+"/jwks has no keys", "check that no proxy answers instead of the server")
	default:
		d.add(severityOK, "JWKS", fmt.Sprintf("%s/jwks has %d keys (%s); other servers should keep them for an hour", base, len(set.Keys), set.Keys[0].Alg), "")
	}
}

// cors checks, like a browser, whether a page of another trusted origin may call
// the server.
func (d *doctor) cors(base string) {
	own, _ := origin.Origin(base)
	for _, page := range d.o.TrustedOrigins.List {
		if page == own || strings.ContainsAny(page, "*?") || !strings.HasPrefix(page, "http") {
			continue
		}
		req, err := http.NewRequestWithContext(d.w.ctx, http.MethodOptions, base+"/sign-in/email", nil)
		if err != nil {
			return
		}
		req.Header.Set("Origin", page)
		req.Header.Set("Access-Control-Request-Method", http.MethodPost)
		req.Header.Set("Access-Control-Request-Headers", "content-type")
		res, err := d.client.Do(req)
		if err != nil {
			d.add(severityError, "CORS", "the preflight request of "+page+" got no answer: "+reason(err), "let OPTIONS requests pass")
			return
		}
		res.Body.Close()
		if res.Header.Get("Access-Control-Allow-Origin") != page || res.Header.Get("Access-Control-Allow-Credentials") != "true" {
			d.add(severityError, "CORS", "pages of "+page+" may not call "+base, "let OPTIONS requests and the Access-Control- headers of the answer pass the proxy")
			return
		}
		d.add(severityOK, "CORS", "pages of "+page+" may call", "")
	}
}

func (d *doctor) get(address string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(d.w.ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil, err
	}
	res, err := d.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	body, err = io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	return res.StatusCode, body, err
}

// reason returns a network error without the address, which the finding already
// contains.
func reason(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err.Error()
	}
	return err.Error()
}
