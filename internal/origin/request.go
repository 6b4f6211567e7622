package origin

import (
	"net/http"
	"strings"
)

// RequestPath returns the path as a WHATWG URL has it, still escaped and with dot segments resolved, so that the
// limiter, disabled paths and the router see the same path.
func RequestPath(r *http.Request) string {
	p := r.URL.EscapedPath()
	if end := strings.IndexAny(r.RequestURI, "?#"); strings.HasPrefix(r.RequestURI, "/") {
		if p = r.RequestURI; end >= 0 {
			p = p[:end]
		}
	}
	if strings.IndexByte(p, '\\') >= 0 {
		p = strings.ReplaceAll(p, `\`, "/")
	}
	if !strings.Contains(p, "/.") && !strings.Contains(p, "%2e") && !strings.Contains(p, "%2E") {
		return p
	}
	var out []string
	segments := strings.Split(p, "/")[1:]
	for i, s := range segments {
		last := i == len(segments)-1
		switch strings.ToLower(strings.NewReplacer("%2e", ".", "%2E", ".").Replace(s)) {
		case "..":
			if len(out) > 0 {
				out = out[:len(out)-1]
			}
		case ".":
		default:
			out = append(out, s)
			continue
		}
		if last {
			out = append(out, "")
		}
	}
	return "/" + strings.Join(out, "/")
}

// HeaderList returns the values of a header that holds a list.
func HeaderList(text string) (values []string) {
	for v := range strings.SplitSeq(text, ",") {
		if v = strings.TrimSpace(v); v != "" {
			values = append(values, v)
		}
	}
	return values
}
