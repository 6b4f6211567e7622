package oauthprovider

import (
	"errors"
	"fmt"
	"slices"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/store"
)

// withDefaults returns the options with the defaults that tags cannot express.
func (o Options) withDefaults() Options {
	if o.Scopes == nil {
		o.Scopes = defaultScopes()
	}
	o.Scopes = unique(slices.DeleteFunc(slices.Clone(o.Scopes), func(s string) bool { return s == "" }))
	if o.GrantTypes == nil {
		o.GrantTypes = []string{authorizationCode, clientCredentials, refreshGrant}
	}
	if o.ClientRegistrationDefaultScopes != nil {
		o.ClientRegistrationAllowedScopes = unique(append(slices.Clone(o.ClientRegistrationAllowedScopes), o.ClientRegistrationDefaultScopes...))
	}
	if s := o.StoreClientSecret; s.Kind == "" && s.Hash == nil && s.Encrypt == nil && s.Decrypt == nil {
		o.StoreClientSecret.Kind = hashed
		if o.DisableJWTPlugin {
			o.StoreClientSecret.Kind = encrypted
		}
	}
	if o.DPoP.SigningAlgorithms == nil {
		o.DPoP.SigningAlgorithms = []string{"EdDSA", "ES256", "ES512", "PS256", "RS256"}
	}
	return o
}

// check returns the errors in the options.
func (o *Options) check() error {
	var errs []error
	add := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	add(o.LoginPage == "", "loginPage is needed")
	add(o.ConsentPage == "", "consentPage is needed")
	for _, scope := range o.ClientRegistrationAllowedScopes {
		add(!slices.Contains(o.Scopes, scope), "clientRegistrationAllowedScopes: %s is not in scopes", scope)
	}
	for _, scope := range o.AdvertisedMetadata.ScopesSupported {
		add(!slices.Contains(o.Scopes, scope), "advertisedMetadata.scopes_supported: %s is not in scopes", scope)
	}
	known := map[string]bool{}
	for _, r := range o.Resources {
		known[r.Identifier] = true
	}
	for _, r := range o.ClientRegistrationDefaultResources {
		add(!known[r], "clientRegistrationDefaultResources: %s is not in resources", r)
	}
	for _, r := range o.ClientRegistrationAllowedResources {
		add(!known[r], "clientRegistrationAllowedResources: %s is not in resources", r)
	}
	add(o.PairwiseSecret != "" && len(o.PairwiseSecret) < 32, "pairwiseSecret must have at least 32 characters")
	add(slices.Contains(o.GrantTypes, refreshGrant) && !slices.Contains(o.GrantTypes, authorizationCode),
		"grantTypes: refresh_token needs authorization_code")
	s := o.StoreClientSecret
	add(o.DisableJWTPlugin && (s.Kind == hashed || s.Hash != nil),
		"storeClientSecret cannot be a hash with disableJwtPlugin, because ID tokens are signed with the secret")
	add(!o.DisableJWTPlugin && (s.Kind == encrypted || s.Encrypt != nil || s.Decrypt != nil),
		"storeClientSecret must be a hash unless disableJwtPlugin is set")
	add(s.Kind == "" && s.Hash == nil && (s.Encrypt == nil || s.Decrypt == nil), "storeClientSecret needs hash, or encrypt and decrypt")
	return errors.Join(append(errs, checkExtensions(o.Extensions), option.Check(o))...)
}

func (p *Plugin) init(a *auth.Auth) error {
	p.clients = store.TableOf[Client](a.Store, clientModel)
	p.resources = store.TableOf[Resource](a.Store, resourceModel)
	p.links = store.TableOf[clientResource](a.Store, linkModel)
	p.refresh = store.TableOf[refreshToken](a.Store, refreshModel)
	p.access = store.TableOf[accessToken](a.Store, accessModel)
	p.consents = store.TableOf[consent](a.Store, consentModel)
	p.assertions = store.TableOf[clientAssertion](a.Store, assertionModel)
	errs := []error{p.opts.check()}
	if !p.opts.DisableJWTPlugin {
		var ok bool
		if p.jwt, ok = auth.Find[*jwt.Plugin](a); !ok {
			errs = append(errs, errors.New("the plugin jwt is needed, unless disableJwtPlugin is set"))
		}
	}
	if a.KV != nil && !a.Options.Session.StoreSessionInDatabase {
		errs = append(errs, errors.New("session.storeSessionInDatabase is needed with secondaryStorage"))
	}
	return errors.Join(errs...)
}

// seed writes the resources of the options to the database, once.
func (p *Plugin) seed(c *auth.Context) error {
	p.seedOnce.Lock()
	defer p.seedOnce.Unlock()
	if p.seeded {
		return nil
	}
	if err := p.writeResources(c); err != nil {
		return err
	}
	p.seeded = true
	return nil
}
