package i18n

import (
	_ "embed" // the texts
	"encoding/json"
	"fmt"
)

// locales.mjs writes this file from the npm package @better-auth/i18n.
//
//go:embed locales.json
var localesFile []byte

// Bundled returns the texts that come with the plugin, by locale and error code. They are those of the npm package
// @better-auth/i18n. The caller may change them.
func Bundled() (map[string]map[string]string, error) {
	var texts map[string]map[string]string
	if err := json.Unmarshal(localesFile, &texts); err != nil {
		return nil, fmt.Errorf("i18n: the texts cannot be read: %w", err)
	}
	return texts, nil
}
