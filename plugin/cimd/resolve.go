package cimd

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
)

// flight is a request for a document that several calls wait for.
type flight struct {
	done   chan struct{}
	client *oauthprovider.Client
	err    error
}

// flights are the requests under way, by client id.
type flights struct {
	mu   sync.Mutex
	byID map[string]*flight
}

// join returns the request that is under way, or starts one. first is true for the call that has to make it.
func (f *flights) join(clientID string) (_ *flight, first bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now, ok := f.byID[clientID]; ok {
		return now, false
	}
	if f.byID == nil {
		f.byID = map[string]*flight{}
	}
	now := &flight{done: make(chan struct{})}
	f.byID[clientID] = now
	return now, true
}

func (f *flights) land(clientID string, now *flight) {
	f.mu.Lock()
	delete(f.byID, clientID)
	f.mu.Unlock()
	close(now.done)
}

// resolve returns the client that the document at the URL describes. existing is its row, or nil.
func (p *Plugin) resolve(c *auth.Context, clientID string, existing *oauthprovider.Client) (*oauthprovider.Client, error) {
	old := p.cache.get(clientID)
	if old != nil && old.expires.After(c.Clock()) {
		if existing != nil {
			return existing, nil
		}
		return p.store(c, clientID, old.metadata, nil)
	}
	for {
		now, first := p.flights.join(clientID)
		if first {
			return p.fly(c, now, clientID, old, existing)
		}
		select {
		case <-now.done:
		case <-c.Done():
			return nil, c.Err()
		}
		if errors.Is(now.err, context.Canceled) && c.Err() == nil {
			continue // the call that made the request was given up by its client
		}
		return now.client, now.err
	}
}

// fly requests the document for all calls that wait for it.
func (p *Plugin) fly(c *auth.Context, now *flight, clientID string, old *kept, existing *oauthprovider.Client) (*oauthprovider.Client, error) {
	defer p.flights.land(clientID, now)
	now.err = errors.New("cimd: the request for the document ended early")
	now.client, now.err = p.renew(c, clientID, old, existing)
	if c.Err() != nil && now.err != nil {
		now.err = errors.Join(c.Err(), now.err)
	}
	return now.client, now.err
}

func (p *Plugin) renew(c *auth.Context, clientID string, old *kept, existing *oauthprovider.Client) (*oauthprovider.Client, error) {
	u, ok := origin.ParseURL(clientID)
	if !ok {
		return nil, refused("client_id is not a valid URL")
	}
	done, err := p.budget.take(clientID, u.Origin, c.Clock())
	if err != nil {
		return nil, err
	}
	defer done()
	got, err := p.fetch(c, clientID, old)
	if err != nil {
		return nil, err
	}
	metadata, headers := got.metadata, got.headers
	if metadata == nil {
		metadata, headers = old.metadata, old.headers.Clone()
		for name, values := range got.headers {
			headers[name] = values
		}
	}
	client, err := p.store(c, clientID, metadata, existing)
	if err != nil {
		return nil, err
	}
	p.cache.put(clientID, keepDocument(metadata, headers, time.Duration(p.opts.MetadataRevalidationInterval), c.Clock()))
	return client, nil
}

// store writes the client and reports it to the callbacks.
func (p *Plugin) store(c *auth.Context, clientID string, metadata *js.Object, existing *oauthprovider.Client) (*oauthprovider.Client, error) {
	whole := metadata.Clone()
	if !whole.Has("redirect_uris") {
		whole.Set("redirect_uris", []any{})
	}
	client, created, err := p.provider.RegisterDocument(c, oauthprovider.Document{
		ClientID: clientID, DiscoveryID: DiscoveryID, Metadata: whole, Existing: existing,
	})
	if err != nil {
		return nil, err
	}
	err = nil
	switch {
	case created && p.opts.OnClientCreated != nil:
		_, err = p.opts.OnClientCreated(c, Created{p.provider.Row(client), metadata, c})
	case !created && existing != nil && p.opts.OnClientRefreshed != nil:
		_, err = p.opts.OnClientRefreshed(c, Refreshed{p.provider.Row(client), p.provider.Row(existing), metadata, c})
	}
	if err != nil {
		c.Log.ErrorContext(c, "cimd: a callback about a client failed", "client", clientID, "error", err)
	}
	return client, nil
}
