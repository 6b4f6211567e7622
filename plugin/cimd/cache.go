package cimd

import (
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// kept is a document with what its answer said about caching.
type kept struct {
	metadata *js.Object
	expires  time.Time
	headers  http.Header
}

// cache holds documents. The one that was used longest ago is dropped when there are too many.
type cache struct {
	mu   sync.Mutex
	most int
	docs ordered[*kept]
}

func (k *cache) get(clientID string) *kept {
	k.mu.Lock()
	defer k.mu.Unlock()
	doc, ok := k.docs.get(clientID)
	if ok {
		k.docs.put(clientID, doc)
	}
	return doc
}

// put keeps a document, or forgets the one that was kept if doc is nil.
func (k *cache) put(clientID string, doc *kept) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.docs.drop(clientID)
	if doc == nil {
		return
	}
	for len(k.docs.at) >= k.most && k.docs.evict(func(*kept) bool { return true }) {
	}
	k.docs.put(clientID, doc)
}

// cachingHeaders are the headers of an answer that say how long it may be used.
func cachingHeaders(from http.Header) http.Header {
	out := http.Header{}
	for _, name := range []string{"Cache-Control", "Vary", "Expires", "Date", "Age", "Etag", "Last-Modified"} {
		if values := from.Values(name); len(values) > 0 {
			out.Set(name, strings.Join(values, ", "))
		}
	}
	return out
}

// keepDocument returns what is to be kept of an answer, or nil if it must not be kept.
func keepDocument(metadata *js.Object, headers http.Header, longest time.Duration, now time.Time) *kept {
	expires, ok := expiry(headers, longest, now)
	if !ok {
		return nil
	}
	return &kept{metadata, expires, headers}
}

// directives reads a Cache-Control header. repeated has those that it says more than once.
func directives(header string) (values map[string]string, repeated map[string]bool) {
	values, repeated = map[string]string{}, map[string]bool{}
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if name = strings.ToLower(name); name == "" {
			continue
		}
		if _, ok := values[name]; ok {
			repeated[name] = true
		}
		value = strings.TrimSpace(value)
		values[name] = strings.TrimSuffix(strings.TrimPrefix(value, `"`), `"`)
	}
	return values, repeated
}

var digits = regexp.MustCompile(`^[0-9]+$`)

// wholeSeconds reads a number of seconds.
func wholeSeconds(text string) (time.Duration, bool) {
	if !digits.MatchString(text) {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n > 1<<53-1 {
		return 0, false
	}
	return time.Duration(min(n*float64(time.Second), math.MaxInt64/2)), true
}

// expiry returns how long an answer may be used (RFC 9111), at most longest. ok is false if it must not be kept.
func expiry(h http.Header, longest time.Duration, now time.Time) (at time.Time, ok bool) {
	said, repeated := directives(h.Get("Cache-Control"))
	has := func(name string) bool { _, ok := said[name]; return ok }
	for field := range strings.SplitSeq(h.Get("Vary"), ",") {
		if strings.TrimSpace(field) == "*" {
			return now, false
		}
	}
	if has("no-store") || has("private") {
		return now, false
	}
	if has("no-cache") {
		return now, true
	}
	answered := now
	if d, ok := js.ParseDate(h.Get("Date")); ok {
		answered = d
	} else if d, err := http.ParseTime(h.Get("Date")); err == nil {
		answered = d
	}
	age, _ := wholeSeconds(h.Get("Age"))
	age = max(age, now.Sub(answered), 0)
	name := "max-age"
	if has("s-maxage") {
		name = "s-maxage"
	}
	life := longest
	fresh, valid := wholeSeconds(said[name])
	switch {
	case has(name) && (!valid || repeated[name]):
		life = 0
	case has(name):
		life = max(0, fresh-age)
	case h.Get("Expires") != "":
		if end, err := http.ParseTime(h.Get("Expires")); err == nil {
			life = max(0, end.Sub(answered)-age)
		}
	}
	return now.Add(min(life, longest)), true
}
