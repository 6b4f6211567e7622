package auth

import (
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

// router finds endpoints by method and path.
type router struct {
	root    *router              // endpoints below "/"; nil if there are none
	static  map[string]*Endpoint // "METHOD /path"
	paths   map[string]bool      // paths of static, whatever the method
	pattern []*Endpoint          // endpoints with :params
}

func newRouter() router {
	root := router{static: map[string]*Endpoint{}, paths: map[string]bool{}}
	return router{root: &root, static: map[string]*Endpoint{}, paths: map[string]bool{}}
}

func (r *router) add(e *Endpoint) {
	if e.Root && r.root != nil {
		r.root.add(e)
		return
	}
	if strings.Contains(e.Path, "/:") {
		r.pattern = append(r.pattern, e)
		return
	}
	for _, path := range append([]string{e.Path}, e.Aliases...) {
		r.paths[path] = true
		for _, m := range e.Methods {
			r.static[m+" "+path] = e
		}
	}
}

// isStatic reports whether an endpoint without parameters has this path, whatever the method.
func (r *router) isStatic(path string) bool { return r.paths[path] }

// template returns the path with :params of the route that matches path, whatever the method.
func (r *router) template(path string) (string, bool) {
	for _, e := range r.pattern {
		if _, ok := matchPattern(e.Path, path); ok {
			return e.Path, true
		}
	}
	return "", false
}

// endpointOf returns the endpoint for a request and the parameters in its path, or nil if there is none.
func (c *Context) endpointOf(r *http.Request, method string) (*Endpoint, map[string]string) {
	whole := origin.RequestPath(r)
	if path, ok := c.pathOf(whole, c.basePath()); ok {
		if e, params := c.router.find(method, path); e != nil {
			return e, params
		}
	}
	if path, ok := c.pathOf(whole, ""); ok {
		return c.router.root.find(method, path)
	}
	return nil, nil
}

// IsRoot reports whether path belongs to an endpoint outside of the base path, such as
// /.well-known/openid-configuration. A mux that routes only the base path to this handler has to route these paths to
// it, too.
func (a *Auth) IsRoot(path string) bool {
	if a.router.root.isStatic(path) {
		return true
	}
	if _, ok := a.router.root.template(path); ok {
		return true
	}
	for _, m := range a.manifests {
		if m.Outside != nil && m.Outside(a, path) {
			return true
		}
	}
	return false
}

func (r *router) find(method, path string) (*Endpoint, map[string]string) {
	if e := r.static[method+" "+path]; e != nil {
		return e, nil
	}
	for _, e := range r.pattern {
		if params, ok := matchPattern(e.Path, path); ok && allowsMethod(e, method) {
			return e, params
		}
	}
	return nil, nil
}

func allowsMethod(e *Endpoint, method string) bool {
	for _, m := range e.Methods {
		if m == method {
			return true
		}
	}
	return false
}

func matchPattern(pattern, path string) (map[string]string, bool) {
	params := map[string]string{}
	for pattern != "" || path != "" {
		if !strings.HasPrefix(pattern, "/") || !strings.HasPrefix(path, "/") {
			return nil, false
		}
		var want, have string
		want, pattern = segment(pattern)
		have, path = segment(path)
		name, isParam := strings.CutPrefix(want, ":")
		switch {
		case isParam && have != "":
			params[name] = have
		case want != have:
			return nil, false
		}
	}
	return params, true
}

func segment(path string) (first, rest string) {
	path = path[1:]
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i:]
	}
	return path, ""
}
