package options

import (
	"context"
	"strings"
	"sync"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/apikey"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// Keys sets how keys of the plugin api-key are made, found in requests, checked and
// stored.
func Keys(kept apikey.CustomStorage) apikey.Options {
	return apikey.Options{Configurations: []apikey.Configuration{{
		EnableSessionForAPIKeys: true,
		Storage:                 "secondary-storage",
		CustomStorage:           &kept,
		// Requests carry keys as "Authorization: Key …".
		CustomAPIKeyGetter: func(_ context.Context, c *auth.Context) (any, error) {
			header, _ := c.RequestHeaderValue("Authorization")
			if key, ok := strings.CutPrefix(header, "Key "); ok {
				return key, nil
			}
			return nil, nil
		},
		CustomAPIKeyValidator: func(_ context.Context, in apikey.Check) (bool, error) {
			return strings.HasPrefix(in.Key, "notes_"), nil
		},
		CustomKeyGenerator: func(_ context.Context, in apikey.KeyRequest) (string, error) {
			return "notes_" + secret.Random(in.Length, "a-z", "0-9"), nil
		},
		Permissions: apikey.PermissionOptions{DefaultPermissions: apikey.DefaultPermissions{
			Func: func(context.Context, apikey.PermissionRequest) (*js.Object, error) {
				return js.Obj("notes", []any{"read"}), nil
			},
		}},
	}}}
}

// KeyStorage keeps keys in memory. A real one survives a restart.
func KeyStorage() apikey.CustomStorage {
	var kept sync.Map
	get := func(_ context.Context, name string) (callback.Answer, error) {
		value, ok := kept.Load(name)
		return callback.Answer{Result: value, Set: ok}, nil
	}
	return apikey.CustomStorage{
		Get: get,
		Put: func(_ context.Context, p apikey.Put) (callback.Nothing, error) {
			kept.Store(p.Key, p.Value)
			return callback.Nothing{}, nil
		},
		Delete: func(_ context.Context, name string) (callback.Nothing, error) {
			kept.Delete(name)
			return callback.Nothing{}, nil
		},
		GetAndDelete: get, Increment: get, // are not called
	}
}
