package oauthprovider

import (
	"net/http"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

// knownPaths are the paths at which the metadata is found for an issuer and a base URL.
type knownPaths struct {
	issuer, baseURL string
	paths           []string
}

// metadataPaths returns the paths at which the metadata is found. Every request asks for them, so the last ones are
// stored.
func (p *Plugin) metadataPaths(issuer, baseURL string) []string {
	if known := p.paths.Load(); known != nil && known.issuer == issuer && known.baseURL == baseURL {
		return known.paths
	}
	paths := p.pathsOfMetadata(issuer, baseURL)
	p.paths.Store(&knownPaths{issuer, baseURL, paths})
	return paths
}

// pathsOfMetadata returns the path of RFC 8414, which stands before the path of the issuer, the one behind it, and that
// of OpenID Connect Discovery.
func (p *Plugin) pathsOfMetadata(issuer, baseURL string) []string {
	u, ok := parseURL(issuer)
	if !ok {
		if u, ok = parseURL(baseURL); !ok {
			return nil
		}
	}
	path := strings.TrimSuffix(u.Pathname, "/")
	out := []string{"/.well-known/" + oauthKind + path, path + "/.well-known/" + oauthKind}
	if p.isOpenID() {
		out = append(out, path+"/.well-known/"+openIDKind)
	}
	return out
}

// metadataCache is the Cache-Control header of metadata.
const metadataCache = "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400"

// serveMetadata answers requests for the metadata.
func (p *Plugin) serveMetadata(c *auth.Context) error {
	return ServeDocument(c, p.metadataPaths(p.rawIssuer(c), c.BaseURL), func() any { return p.Metadata(c) })
}

// isMetadata reports whether the metadata is found at path, with the configured addresses.
func (p *Plugin) isMetadata(a *auth.Auth, path string) bool {
	issuer := ""
	if p.jwt != nil {
		issuer = p.jwt.Issuer()
	}
	return slices.Contains(p.metadataPaths(issuer, "http://server"+a.BasePath()), path)
}

// ServeDocument answers a request for one of paths with a JSON document that everybody may read and cache. It is used
// in a Screen.
func ServeDocument(c *auth.Context, paths []string, document func() any) error {
	asked := origin.RequestPath(c.Request)
	if c.Options.Advanced.SkipTrailingSlashes {
		if asked = strings.TrimRight(asked, "/"); asked == "" {
			asked = "/"
		}
	}
	for _, path := range paths {
		if path != asked {
			continue
		}
		switch c.Request.Method {
		case http.MethodGet, http.MethodHead:
			header := http.Header{"Cache-Control": {metadataCache}}
			if c.Request.Header.Get("Origin") != "" {
				header.Set("Access-Control-Allow-Origin", "*")
			}
			return &auth.Error{Status: http.StatusOK, Header: header, Body: document()}
		}
		return &auth.Error{Status: http.StatusMethodNotAllowed, Header: http.Header{"Allow": {"GET, HEAD"}}}
	}
	return nil
}
