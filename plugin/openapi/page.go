package openapi

import (
	"bytes"
	_ "embed"
	"html/template"

	"github.com/seed-32bd42cb/betterauth/js"
)

//go:embed page/reference.html
var pageHTML string

//go:embed page/reference.css
var pageCSS string

//go:embed page/reference.js
var pageJS string

var pageTemplate = template.Must(template.New("reference").Parse(pageHTML))

// page returns a page that contains the document and everything to show it. It loads nothing.
func page(document *js.Object, o Options) ([]byte, error) {
	// JSON contains "<" in strings only. There the escape has the same meaning and cannot end the script element.
	data := bytes.ReplaceAll(js.Marshal(document), []byte("<"), []byte(`\u003c`))
	var out bytes.Buffer
	err := pageTemplate.Execute(&out, map[string]any{
		"Theme": o.Theme, "Nonce": o.Nonce,
		"Document": template.JS(data), "CSS": template.CSS(pageCSS), "Script": template.JS(pageJS),
	})
	return out.Bytes(), err
}
