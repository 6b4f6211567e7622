package config

import (
	"reflect"
	"slices"

	"github.com/seed-32bd42cb/betterauth/internal/spelling"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
)

// socialOption is the option socialProviders: a map from a provider's name to its options. Its order is that of the
// file, in which sign-out searches it.
type socialOption struct {
	known map[string]provider.Entry
	named []namedProvider
	built []oauth.Provider
}

type namedProvider struct {
	id      string
	options any
	at      position
}

func (o *socialOption) fromFile(d *decoder, path string, n *node) {
	if n.value == nil {
		return
	}
	m, ok := n.value.(*mapping)
	if !ok {
		d.fail(path, n.at, "must be a map of providers and their options, like { github: { clientId: …, clientSecret: … } }, not %s", n.kind())
		return
	}
	for _, e := range m.members {
		at := join(path, e.key)
		entry, ok := o.known[e.key]
		if !ok {
			hint := ""
			if near := spelling.Nearest(e.key, provider.Names()); near != "" {
				hint = " (did you mean " + near + "?)"
			}
			d.fail(at, e.at, "there is no such provider%s; others are set with the plugin generic-oauth", hint)
			continue
		}
		if e.value.value == nil {
			continue
		}
		options := entry.Options()
		d.into(at, e.value, reflect.ValueOf(options).Elem(), nil)
		o.named = append(o.named, namedProvider{e.key, options, e.at})
	}
}

// build creates the providers after binding their callbacks.
func (o *socialOption) build(d *decoder) {
	for _, p := range o.named {
		d.bind("socialProviders."+p.id, reflect.ValueOf(p.options).Elem())
	}
	if len(d.problems) > 0 {
		return
	}
	for _, p := range o.named {
		made, err := o.known[p.id].New(p.options)
		if err != nil {
			d.report("socialProviders."+p.id, p.at, err)
			continue
		}
		if made != nil {
			o.built = append(o.built, made)
		}
	}
	o.built = slices.Clip(o.built)
}
