// Package docs holds what the program itself prints of its documentation.
package docs

import _ "embed"

//go:embed betterauth.schema.json
var schema []byte

// Schema returns the JSON Schema of the config file (draft 2020-12), with which
// editors complete and check a betterauth.yaml.
func Schema() []byte { return schema }
