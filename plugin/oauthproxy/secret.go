package oauthproxy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// Secret is the shared secret of the servers: one text, or several secrets by version, of which one encrypts and all
// decrypt.
type Secret struct {
	Text string `json:"-"`
	// Secrets by version, a whole number.
	Keys map[string]string `json:"keys" unset:"needed"`
	// The version that encrypts. All of them decrypt.
	CurrentVersion int `json:"currentVersion" unset:"needed"`
	// The secret from before there were versions.
	LegacySecret string `json:"legacySecret"`
}

// OptionShape implements [option.Shaper].
func (Secret) OptionShape() option.Shape {
	return option.Shape{Text: true, Map: reflect.TypeFor[Secret]()}
}

// UnmarshalJSON reads a text or a map.
func (s *Secret) UnmarshalJSON(text []byte) error {
	*s = Secret{}
	if json.Unmarshal(text, &s.Text) == nil {
		return nil
	}
	type several Secret
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	if err := strict.Decode((*several)(s)); err != nil {
		return fmt.Errorf("must be a text, or a map of keys, currentVersion and legacySecret: %w", err)
	}
	_, err := s.versions()
	return err
}

// versions returns the secrets, the current one first.
func (s *Secret) versions() ([]secret.Version, error) {
	list := make([]secret.Version, 0, len(s.Keys))
	current := -1
	for _, name := range slices.Sorted(maps.Keys(s.Keys)) {
		n, err := strconv.Atoi(name)
		if err != nil {
			return nil, fmt.Errorf("a version of the secret must be a whole number, not %q", name)
		}
		if n == s.CurrentVersion {
			current = len(list)
		}
		list = append(list, secret.Version{Version: n, Value: s.Keys[name]})
	}
	if current < 0 {
		return nil, fmt.Errorf("there is no secret of the currentVersion %d", s.CurrentVersion)
	}
	list[0], list[current] = list[current], list[0]
	return list, nil
}

// open returns the keys derived from s, or those of the server if s is not set.
func (s *Secret) open(server *secret.Keys) (*secret.Keys, error) {
	switch {
	case s.Text != "":
		return secret.New(s.Text), nil
	case s.Keys == nil:
		return server, nil
	}
	list, err := s.versions()
	if err != nil {
		return nil, fmt.Errorf("oauth-proxy: %w", err)
	}
	return secret.NewVersioned(list, s.LegacySecret)
}
