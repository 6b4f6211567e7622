// Package cimd lets clients of the plugins oauth-provider and mcp use the URL of a document as their id (Client ID
// Metadata Documents). The document describes the client, so it does not have to register itself.
//
//	plugins:
//	  jwt: {}
//	  mcp: { loginPage: /sign-in, consentPage: /consent, resource: https://api.example.com/mcp }
//	  cimd: { metadataProfile: mcp-2026-07-28 }
//
// or from Go:
//
//	Plugins: []auth.Plugin{jwt.New(jwt.Options{}), mcp.New(…), cimd.New(cimd.Options{MetadataProfile: "mcp-2026-07-28"})},
package cimd

// This package does not know what clients do with their tokens.

import (
	"errors"
	"net/http"
	"slices"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// Requests documents and key sets of clients.
	FetchClientMetadataResource func(r *http.Request) (*http.Response, error) `json:"fetchClientMetadataResource" gofunc:"it answers with a response" unset:"from the public internet only, without redirects"`
	// Further rules for documents.
	MetadataProfile string `json:"metadataProfile" enum:"mcp-2026-07-28" unset:"none"`
	// How long a document is used before it is requested again, at most: a number of seconds, or a time like `1d`.
	MetadataRevalidationInterval Lifetime `json:"metadataRevalidationInterval" default:"60m"`
	// How many requests for documents are sent.
	MetadataFetchPolicy FetchPolicy `json:"metadataFetchPolicy"`
	// How many documents are kept in memory.
	MaxCacheEntries *int `json:"maxCacheEntries" default:"1000" min:"1"`
	// Members whose URLs must have the origin of the document.
	OriginBoundFields []string `json:"originBoundFields" unset:"post_logout_redirect_uris, client_uri"`
	// Says whether the document at a URL may be requested.
	IsMetadataDocumentURLAllowed callback.Func[Asked, bool] `json:"isMetadataDocumentUrlAllowed" unset:"any may"`
	// Is called after a client was created. Its error is logged.
	OnClientCreated callback.Func[Created, callback.Nothing] `json:"onClientCreated"`
	// Is called after a client was changed after its document. Its error is logged.
	OnClientRefreshed callback.Func[Refreshed, callback.Nothing] `json:"onClientRefreshed"`
}

// FetchPolicy says how many requests for documents are sent. A request beyond it is refused at once.
type FetchPolicy struct {
	// Time between two requests for one document: a number of seconds, or a time like `10s`.
	MinimumFetchInterval *Lifetime `json:"minimumFetchInterval" default:"1s"`
	// Requests at the same time.
	MaximumConcurrentFetches *int `json:"maximumConcurrentFetches" default:"16" min:"1"`
	// Requests to one origin at the same time.
	MaximumConcurrentFetchesPerOrigin *int `json:"maximumConcurrentFetchesPerOrigin" default:"4" min:"1"`
	// Requests in a minute.
	MaximumFetchesPerMinute *int `json:"maximumFetchesPerMinute" default:"120" min:"1"`
	// Requests to one origin in a minute.
	MaximumFetchesPerOriginPerMinute *int `json:"maximumFetchesPerOriginPerMinute" default:"30" min:"1"`
}

// Asked is the argument of isMetadataDocumentUrlAllowed.
type Asked struct {
	URL  string        `arg:"0"`
	Call *auth.Context `arg:"1"`
}

// Created is the argument of onClientCreated.
type Created struct {
	Client   store.Record  `arg:"0.client"`
	Document *js.Object    `arg:"0.clientMetadataDocument"`
	Call     *auth.Context `arg:"0.context"`
}

// Refreshed is the argument of onClientRefreshed.
type Refreshed struct {
	Client   store.Record  `arg:"0.client"`
	Previous store.Record  `arg:"0.previousClient"`
	Document *js.Object    `arg:"0.clientMetadataDocument"`
	Call     *auth.Context `arg:"0.context"`
}

// DiscoveryID is stored with the clients that the plugin found.
const DiscoveryID = "cimd"

// Plugin is the cimd plugin.
type Plugin struct {
	opts     Options
	provider *oauthprovider.Plugin
	budget   budget
	cache    cache
	flights  flights
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	if o.OriginBoundFields == nil {
		o.OriginBoundFields = []string{"post_logout_redirect_uris", "client_uri"}
	}
	o.OriginBoundFields = slices.Clone(o.OriginBoundFields)
	return &Plugin{opts: o, budget: newBudget(o.MetadataFetchPolicy, *o.MaxCacheEntries), cache: cache{most: *o.MaxCacheEntries}}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest { return auth.Manifest{ID: "cimd", Init: p.init} }

func (p *Plugin) init(a *auth.Auth) error {
	provider, ok := oauthprovider.Of(a)
	if !ok {
		return errors.New("the plugin oauth-provider or mcp is needed")
	}
	p.provider = provider
	return errors.Join(option.Check(&p.opts), provider.Extend(oauthprovider.Extension{Discoveries: []*oauthprovider.Discovery{{
		ID: DiscoveryID, Matches: isCandidate, Resolve: p.resolve, Fetch: p.opts.FetchClientMetadataResource,
		Metadata: js.Obj("client_id_metadata_document_supported", true),
	}}}))
}
