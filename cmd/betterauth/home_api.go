package main

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/openapi"
)

// api returns the endpoints in the form of an OpenAPI document, without the answers: the
// page shows the real ones.
func (h *home) api() any {
	s := h.server.setup
	public := s.file.BaseURL()
	if public == "" {
		public = s.local
	}
	doc := openapi.Document(h.server.Auth, s.endpoints(h.server, public), "open-api")
	all, _ := doc.Get("paths")
	paths := js.NewObject()
	if from, ok := all.(*js.Object); ok {
		for path, item := range from.All() {
			operations, ok := item.(*js.Object)
			if !ok {
				continue
			}
			kept := js.NewObject()
			for method, operation := range operations.All() {
				kept.Set(method, without(operation, "responses", "security"))
			}
			paths.Set(path, kept)
		}
	}
	return js.Obj("paths", paths)
}

// without returns a copy of an object without some members.
func without(v any, names ...string) any {
	o, ok := v.(*js.Object)
	if !ok {
		return v
	}
	out := o.Clone()
	for _, name := range names {
		out.Delete(name)
	}
	return out
}
