package cimd

import (
	"container/list"
	"net/http"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

// window is the time in which requests are counted.
const window = time.Minute

// unavailable is the answer to a request that would need one more document than allowed.
func unavailable(description string) *auth.Error {
	return &auth.Error{Status: http.StatusTooManyRequests, Body: js.Obj("error", "temporarily_unavailable", "error_description", description)}
}

// ordered is a map that knows which of its entries was set longest ago.
type ordered[V any] struct {
	at    map[string]*list.Element
	order list.List
}

type orderedEntry[V any] struct {
	key   string
	value V
}

func (o *ordered[V]) get(key string) (v V, ok bool) {
	e, ok := o.at[key]
	if !ok {
		return v, false
	}
	return e.Value.(*orderedEntry[V]).value, true
}

func (o *ordered[V]) put(key string, v V) {
	o.drop(key)
	if o.at == nil {
		o.at = map[string]*list.Element{}
	}
	o.at[key] = o.order.PushBack(&orderedEntry[V]{key, v})
}

func (o *ordered[V]) drop(key string) {
	if e, ok := o.at[key]; ok {
		o.order.Remove(e)
		delete(o.at, key)
	}
}

// evict removes the entry that was set longest ago and that may go. ok is false if none may.
func (o *ordered[V]) evict(may func(v V) bool) (ok bool) {
	for e := o.order.Front(); e != nil; e = e.Next() {
		entry := e.Value.(*orderedEntry[V])
		if may(entry.value) {
			o.drop(entry.key)
			return true
		}
	}
	return false
}

// traffic counts the requests to one origin, or to all.
type traffic struct {
	active int
	starts []time.Time
}

func (t *traffic) prune(now time.Time) {
	old := 0
	for old < len(t.starts) && !t.starts[old].After(now.Add(-window)) {
		old++
	}
	t.starts = t.starts[old:]
}

// budget limits the requests for documents, so that nobody can have the server send many.
type budget struct {
	mu      sync.Mutex
	policy  FetchPolicy
	most    int
	last    ordered[time.Time] // start of the last request, by client id
	origins ordered[*traffic]
	all     traffic
}

func newBudget(policy FetchPolicy, most int) budget { return budget{policy: policy, most: most} }

// take allows one request, or refuses it. The result must be called when the request has ended.
func (b *budget) take(clientID, origin string, now time.Time) (done func(), err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	pause := time.Duration(*b.policy.MinimumFetchInterval)
	if last, ok := b.last.get(clientID); ok && pause > 0 && now.Sub(last) < pause {
		return nil, unavailable("metadata document fetch is within the per-client minimum interval")
	}
	if _, known := b.last.get(clientID); !known {
		for len(b.last.at) >= b.most {
			if !b.last.evict(func(last time.Time) bool { return pause <= 0 || now.Sub(last) >= pause }) {
				return nil, unavailable("metadata fetch client state is at capacity")
			}
		}
	}
	of, err := b.trafficOf(origin, now)
	if err != nil {
		return nil, err
	}
	b.all.prune(now)
	switch {
	case b.all.active >= *b.policy.MaximumConcurrentFetches:
		return nil, unavailable("global metadata fetch concurrency limit exceeded")
	case of.active >= *b.policy.MaximumConcurrentFetchesPerOrigin:
		return nil, unavailable("metadata fetch concurrency limit exceeded for client origin")
	case len(b.all.starts) >= *b.policy.MaximumFetchesPerMinute:
		return nil, unavailable("global metadata fetch rate limit exceeded")
	case len(of.starts) >= *b.policy.MaximumFetchesPerOriginPerMinute:
		return nil, unavailable("metadata fetch rate limit exceeded for client origin")
	}
	b.last.put(clientID, now)
	for _, t := range []*traffic{&b.all, of} {
		t.starts = append(t.starts, now)
		t.active++
	}
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.all.active--
		of.active--
	}, nil
}

func (b *budget) trafficOf(origin string, now time.Time) (*traffic, error) {
	of, ok := b.origins.get(origin)
	if !ok {
		for len(b.origins.at) >= b.most {
			if !b.origins.evict(func(t *traffic) bool {
				t.prune(now)
				return t.active == 0 && len(t.starts) == 0
			}) {
				return nil, unavailable("metadata fetch origin state is at capacity")
			}
		}
		of = &traffic{}
	}
	of.prune(now)
	b.origins.put(origin, of)
	return of, nil
}
