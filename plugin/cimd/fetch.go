package cimd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
)

const (
	fetchTimeout    = 5 * time.Second
	longestDocument = 5 * 1024 // in bytes
)

// What is answered if a document cannot be read.
const (
	fetchFailed = "Failed to fetch metadata document (network error or redirect blocked)"
	fetchLate   = "Metadata document fetch timed out after 5000ms"
	fetchLong   = "Metadata document exceeds 5KB size limit"
)

var jsonType = regexp.MustCompile(`(?i)^application/(?:[-\w.]+\+)?json\s*(?:;|$)`)

// fetched is an answer to a request for a document. Metadata is nil if the document is still the one that is kept.
type fetched struct {
	metadata *js.Object
	headers  http.Header
}

// fetch requests a document. old is the one that is kept, or nil.
func (p *Plugin) fetch(c *auth.Context, clientID string, old *kept) (*fetched, error) {
	if flaw := urlFlaw(clientID); flaw != "" {
		return nil, refused(flaw)
	}
	if allowed := p.opts.IsMetadataDocumentURLAllowed; allowed != nil {
		ok, err := allowed(c, Asked{clientID, c})
		if err != nil {
			return nil, auth.FromCallback(err)
		}
		if !ok {
			return nil, refused("client_id URL is not permitted by the server's fetch policy")
		}
	}
	ctx, cancel := context.WithTimeout(c, fetchTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, clientID, nil)
	if err != nil {
		return nil, refused(fetchFailed).Because(err)
	}
	r.Header.Set("Accept", "application/json")
	conditional := false
	if old != nil {
		for header, condition := range map[string]string{"Etag": "If-None-Match", "Last-Modified": "If-Modified-Since"} {
			if value := old.headers.Get(header); value != "" {
				r.Header.Set(condition, value)
				conditional = true
			}
		}
	}
	send := p.opts.FetchClientMetadataResource
	if send == nil {
		send = func(r *http.Request) (*http.Response, error) { return p.provider.FetchPublic(c, r) }
	}
	res, err := send(r)
	if err != nil {
		return nil, failure(ctx, err)
	}
	defer res.Body.Close()
	return p.read(ctx, c, clientID, res, conditional)
}

// failure returns the answer if a document could not be read.
func failure(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return refused(fetchLate).Because(err)
	}
	return refused(fetchFailed).Because(err)
}

func (p *Plugin) read(ctx context.Context, c *auth.Context, clientID string, res *http.Response, conditional bool) (*fetched, error) {
	out := &fetched{headers: cachingHeaders(res.Header)}
	if res.StatusCode == http.StatusNotModified {
		if !conditional {
			return nil, refused("Metadata document returned 304 without a conditional validator")
		}
		return out, nil
	}
	if res.StatusCode != http.StatusOK {
		return nil, refused(fmt.Sprintf("Metadata document fetch returned HTTP %d", res.StatusCode))
	}
	if kind := res.Header.Get("Content-Type"); !jsonType.MatchString(kind) {
		if kind == "" {
			kind = "(none)"
		}
		return nil, refused(`Metadata document must be JSON (got Content-Type "` + kind + `")`)
	}
	if said, err := strconv.ParseInt(res.Header.Get("Content-Length"), 10, 64); err == nil && said > longestDocument {
		return nil, refused(fetchLong)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, longestDocument+1))
	if err != nil {
		return nil, failure(ctx, err)
	}
	if len(body) > longestDocument {
		return nil, refused(fetchLong)
	}
	document, err := js.Parse(body)
	if err != nil {
		return nil, refused("Metadata document is not valid JSON")
	}
	var flaw string
	if out.metadata, flaw = p.metadataOf(clientID, document); flaw != "" {
		return nil, refused(flaw)
	}
	if u, ok := origin.ParseURL(clientID); ok && u.Search != "" {
		c.Log.WarnContext(c, "cimd: the URL of a metadata document should have no query", "client", clientID)
	}
	return out, nil
}
