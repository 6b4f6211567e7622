package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// mergeManifests merges the manifests of all plugins into the tables of the engine. The first builtin ones belong to
// the built-in endpoints.
func (a *Auth) mergeManifests(builtin int, problem func(error)) (store.Schema, map[string][]store.Hooks) {
	schema, hooks := store.Schema{}, map[string][]store.Hooks{}
	ids := map[string]bool{}
	a.events = coreEvents()
	if report := a.Options.OnEvent; report != nil {
		a.listeners = append(a.listeners, report)
	}
	for i, p := range a.plugins {
		m := p.Manifest()
		if ids[m.ID] {
			problem(fmt.Errorf("plugin %q is registered twice", m.ID))
		}
		ids[m.ID] = true
		a.manifests = append(a.manifests, m)
		problem(a.mergeModels(schema, m))
		for model, hs := range m.Database {
			hooks[model] = append(hooks[model], hs...)
		}
		a.endpoints = append(a.endpoints, m.Endpoints...)
		a.before = append(a.before, m.Before...)
		a.after = append(a.after, m.After...)
		a.signedInHooks = append(a.signedInHooks, m.SignedIn...)
		if i < builtin {
			a.builtinLimits = append(a.builtinLimits, m.RateLimits...)
		} else {
			a.rateLimits = append(a.rateLimits, m.RateLimits...)
		}
		a.Codes = append(a.Codes, m.Codes...)
		a.events = append(a.events, m.Events...)
		if m.OnEvent != nil {
			a.listeners = append(a.listeners, m.OnEvent)
		}
		if m.Served != nil {
			a.served = append(a.served, m.Served)
		}
		a.jobs = append(a.jobs, m.Jobs...)
		problem(a.mergeServices(m))
	}
	problem(a.customise(schema))
	a.replaceEndpoints(problem)
	a.indexEndpoints(problem)
	return schema, hooks
}

// mergeModels adds the models of a plugin, and its fields on models of others. It is an error to redefine a field
// with another type.
func (a *Auth) mergeModels(to store.Schema, m Manifest) error {
	own := store.Schema{}
	for _, model := range m.Models {
		if model.Name == "" {
			return fmt.Errorf("plugin %q has a model without a name", m.ID)
		}
		if _, ok := own[model.Name]; ok {
			return fmt.Errorf("plugin %q declares the model %q twice", m.ID, model.Name)
		}
		own[model.Name] = model
	}
	for _, name := range slices.Sorted(maps.Keys(m.Rename)) {
		if _, ok := own[name]; !ok {
			return fmt.Errorf("plugin %q: schema.%s: the plugin has no such table", m.ID, name)
		}
		if err := customiseModel(own, name, m.Rename[name]); err != nil {
			return fmt.Errorf("plugin %q: schema.%w", m.ID, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		model := own[name]
		if model.Expires != "" {
			a.expiring = append(a.expiring, model)
		}
		have, ok := to[name]
		if !ok {
			to[name] = model
			continue
		}
		if !isCore(name) {
			have.Table = cmp.Or(model.Table, have.Table)
		} else if model.Table != "" && model.Table != name {
			a.Log.Warn("a plugin cannot rename this table, as in the npm package; set its modelName in the options", "plugin", m.ID, "model", name)
		}
		for _, f := range model.Fields {
			if i := slices.IndexFunc(have.Fields, func(g store.Field) bool { return g.Name == f.Name }); i >= 0 {
				if have.Fields[i].Type != f.Type {
					return fmt.Errorf("plugin %q: %s.%s is %s, but elsewhere %s", m.ID, name, f.Name, f.Type, have.Fields[i].Type)
				}
				continue
			}
			have.Fields = append(have.Fields, f)
		}
		have.Indexes = append(have.Indexes, model.Indexes...)
		to[name] = have
	}
	return nil
}

// isCore reports whether the options of the server name the table of a model, and not a plugin (db/get-tables.mjs).
func isCore(model string) bool {
	return model == "user" || model == "session" || model == "account" || model == "verification"
}

// mergeServices takes over the parts of the server that a plugin provides.
func (a *Auth) mergeServices(m Manifest) error {
	if signer := m.Provides.CacheSigner; signer != nil {
		if a.cacheSigner != nil {
			return fmt.Errorf("plugin %q: another plugin already signs the cached session", m.ID)
		}
		a.cacheSigner = signer
	}
	if more := m.Provides.TrustedOrigins; more != nil {
		a.static = trustList{append(a.static.List, origin.CompileAll(more(&a.Options))...)}
	}
	if send := m.Provides.SendVerificationEmail; send != nil && a.Options.EmailVerification.SendVerificationEmail == nil {
		a.Options.EmailVerification.SendVerificationEmail = send
	}
	if invited := m.Provides.Invited; invited != nil && a.gate != nil {
		a.gate.inviters = append(a.gate.inviters, invited)
	}
	a.personal = append(a.personal, m.Provides.Personal...)
	if accept := m.Provides.AcceptPassword; accept != nil {
		a.acceptors = append(a.acceptors, accept)
	}
	for _, j := range m.Jobs {
		if j.Name == "" || j.Every <= 0 || j.Do == nil {
			return fmt.Errorf("plugin %q: a job needs a name, an interval and a function", m.ID)
		}
	}
	return nil
}

// startPlugins creates the providers that plugins declare, and calls Init.
func (a *Auth) startPlugins() error {
	var errs []error
	for _, m := range a.manifests {
		var err error
		if m.Provides.Providers != nil {
			err = a.addProviders(m)
		}
		if m.Init != nil {
			err = errors.Join(err, m.Init(a))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("plugin %s: %w", m.ID, err))
		}
	}
	return errors.Join(errs...)
}

func (a *Auth) addProviders(m Manifest) error {
	call := &oauth.Call{Context: context.Background(), Now: a.Options.Now(), HTTP: a.Options.HTTP, Log: a.Log}
	made, err := m.Provides.Providers(call)
	for _, p := range made {
		if id := p.Info().ID; a.Providers.Find(id) != nil {
			a.Log.Warn(m.ID+": a provider replaces a built-in one", "provider", id)
		}
	}
	a.Providers.Prepend(made...)
	return err
}

// replaceEndpoints puts each endpoint that replaces another one in its place.
func (a *Auth) replaceEndpoints(problem func(error)) {
	var kept []Endpoint
	for _, e := range a.endpoints {
		i := -1
		if e.Replaces {
			i = slices.IndexFunc(kept, func(old Endpoint) bool { return old.ID == e.ID })
		}
		if i >= 0 {
			kept[i] = e
			continue
		}
		if e.Replaces {
			problem(fmt.Errorf("endpoint %s (%s) replaces an endpoint that does not exist", e.ID, e.Path))
		}
		kept = append(kept, e)
	}
	a.endpoints = kept
}

func (a *Auth) indexEndpoints(problem func(error)) {
	taken := map[string]string{}
	for i := range a.endpoints {
		e := &a.endpoints[i]
		if old, ok := a.byID[e.ID]; ok {
			problem(fmt.Errorf("endpoint %s is registered twice (%s and %s)", e.ID, old.Path, e.Path))
		}
		a.byID[e.ID] = e
		if e.Session == 0 {
			problem(fmt.Errorf("endpoint %s has no session rule; use auth.Public for an endpoint that everybody may call", e.ID))
		}
		a.hasAnyOrigin = a.hasAnyOrigin || e.CORS == AnyOrigin
		e.landingOf(&a.Options)
		if e.Path == "" || e.ServerOnly {
			continue
		}
		for _, m := range e.Methods {
			key := m + " " + e.Path
			if e.Root {
				key = m + " (root) " + e.Path
			}
			if old, ok := taken[key]; ok {
				problem(fmt.Errorf("%s is registered for two endpoints, %s and %s", key, old, e.ID))
			}
			taken[key] = e.ID
		}
		a.router.add(e)
	}
}
