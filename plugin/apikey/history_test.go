package apikey_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
)

// rules are those of one key; times are in milliseconds.
type rules struct {
	left             int // uses at the beginning
	amount, interval int // of the refill; 0 for none
	most, window     int // of the rate limit; 0 for none
	atOnce           int // callers at once; after them come the next ones, up to a hundred
}

// keyState is the state of a key between two calls that do not overlap.
type keyState struct {
	left, count  int
	filled, last int64 // times of the last refill and use; -1 for none
	gone         bool
}

// keyCall is a call at a time: a use, or a change of the uses that are left.
type keyCall struct {
	at  int64
	set int
}

// keyAnswer is a refusal, or what is left and counted after the call.
type keyAnswer struct {
	code        string
	left, count int
}

// after returns the state after a use, and the answer to it: what a key means, without any race.
func (r rules) after(s keyState, at int64) (keyState, keyAnswer) {
	switch {
	case r.amount > 0 && at-s.filled > int64(r.interval):
		s.left, s.filled = r.amount-1, at
	case s.left <= 0:
		s.gone = r.amount == 0
		return s, keyAnswer{code: "USAGE_EXCEEDED"}
	default:
		s.left--
	}
	if r.most > 0 {
		switch {
		case s.last < 0 || at-s.last > int64(r.window):
			s.count = 1
		case s.count >= r.most:
			return s, keyAnswer{code: "RATE_LIMITED"}
		default:
			s.count++
		}
	}
	s.last = at
	return s, keyAnswer{left: s.left, count: s.count}
}

func (r rules) model() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return keyState{left: r.left, last: -1} },
		Step: func(state, input, output any) (bool, any) {
			s, in, got := state.(keyState), input.(keyCall), output.(keyAnswer)
			if in.set > 0 {
				s.left = in.set
				return got == keyAnswer{left: s.left, count: s.count}, s
			}
			if s.gone && got.code == "INVALID_API_KEY" {
				return true, s
			}
			next, want := r.after(s, in.at)
			if want.code != "" {
				s.gone = next.gone // a refused use takes nothing
				return got == want, s
			}
			return got == want, next
		},
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v → %+v", input, output) },
	}
}

// history records calls with the order in which they began and ended.
type history struct {
	order atomic.Int64
	mu    sync.Mutex
	calls []porcupine.Operation
}

func (h *history) record(client int, in keyCall, run func() keyAnswer) {
	began := h.order.Add(1)
	got := run()
	ended := h.order.Add(1)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, porcupine.Operation{ClientId: client, Input: in, Call: began, Output: got, Return: ended})
}

func answerOf(s *authtest.Server, id string, in auth.Input) keyAnswer {
	out, err := s.Call(s.T.Context(), id, in)
	if err != nil {
		return keyAnswer{code: err.Error()}
	}
	var got struct {
		Error struct{ Code string }
		Key   struct{ Remaining, RequestCount int }
		// of an update
		Remaining, RequestCount int
	}
	if err := json.Unmarshal(out.JSON(), &got); err != nil {
		return keyAnswer{code: err.Error()}
	}
	return keyAnswer{got.Error.Code, max(got.Key.Remaining, got.Remaining), max(got.Key.RequestCount, got.RequestCount)}
}

// Whatever a hundred callers get who use one key at once, while its quota fills up, its window begins again and a
// program changes what is left: they could have got it one after the other.
func TestAttackHistoriesOfAKey(t *testing.T) {
	for name, r := range map[string]rules{
		"the last use":       {left: 1, atOnce: 100},
		"a few uses":         {left: 17, atOnce: 100},
		"refill":             {left: 3, amount: 5, interval: 1000, atOnce: 12}, // the check of more takes too long
		"limit":              {left: 1000, most: 5, window: 1000, atOnce: 12},
		"refill and a limit": {left: 3, amount: 9, interval: 1500, most: 4, window: 1000, atOnce: 12},
	} {
		t.Run(name, func(t *testing.T) {
			everywhere.Run(t, func(t *testing.T, o auth.Options) {
				calls := r.played(t, server(t, o))
				if verdict, _ := porcupine.CheckOperationsVerbose(r.model(), calls, time.Minute); verdict != porcupine.Ok {
					slices.SortFunc(calls, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
					t.Errorf("%s: no order of the calls explains them:", verdict)
					for _, c := range calls {
						t.Logf("%d-%d %+v → %+v", c.Call, c.Return, c.Input, c.Output)
					}
				}
			}, everywhere.Databases()...)
		})
	}
}

// played lets a hundred callers use a key while time passes, and returns their history.
func (r rules) played(t *testing.T, s *authtest.Server) []porcupine.Operation {
	_, id := user(s, ann)
	b := body{"remaining": r.left, "rateLimitEnabled": r.most > 0}
	if r.amount > 0 {
		b["refillAmount"], b["refillInterval"] = r.amount, r.interval
	}
	if r.most > 0 {
		b["rateLimitMax"], b["rateLimitTimeWindow"] = r.most, r.window
	}
	key := made(s, id, b)
	start := s.Now()
	var h history
	var clients sync.WaitGroup
	for client := range 100 {
		if client%r.atOnce == 0 {
			clients.Wait()
		}
		clients.Go(func() {
			switch {
			case client%6 == 5:
				s.Advance(250 * time.Millisecond)
			case client%12 == 4 && r.amount > 0:
				in := keyCall{set: 2}
				h.record(client, in, func() keyAnswer {
					return answerOf(s, "updateApiKey", auth.Input{Now: s.Now(), Body: body{"keyId": key["id"], "userId": id, "remaining": in.set}})
				})
				return
			}
			now := s.Now()
			h.record(client, keyCall{at: now.Sub(start).Milliseconds()}, func() keyAnswer {
				return answerOf(s, "verifyApiKey", auth.Input{Now: now, Body: body{"key": key["key"]}})
			})
		})
	}
	clients.Wait()
	return h.calls
}

// The check can fail: it finds a last use that two callers got, a refill that came twice, and a lost count.
func TestHistoriesCanFail(t *testing.T) {
	at := func(call, end int64, now int64, got keyAnswer) porcupine.Operation {
		return porcupine.Operation{Input: keyCall{at: now}, Call: call, Return: end, Output: got}
	}
	refill := rules{left: 0, amount: 2, interval: 1000}
	limit := rules{left: 9, most: 2, window: 1000}
	for name, tc := range map[string]struct {
		rules rules
		calls []porcupine.Operation
		want  bool
	}{
		"one last use":       {rules{left: 1}, []porcupine.Operation{at(1, 3, 5, keyAnswer{}), at(2, 4, 5, keyAnswer{code: "USAGE_EXCEEDED"})}, true},
		"two last uses":      {rules{left: 1}, []porcupine.Operation{at(1, 3, 5, keyAnswer{}), at(2, 4, 5, keyAnswer{})}, false},
		"refused too early":  {rules{left: 1}, []porcupine.Operation{at(1, 2, 5, keyAnswer{code: "USAGE_EXCEEDED"}), at(3, 4, 5, keyAnswer{})}, false},
		"one refill":         {refill, []porcupine.Operation{at(1, 3, 1001, keyAnswer{left: 1}), at(2, 4, 1001, keyAnswer{})}, true},
		"two refills":        {refill, []porcupine.Operation{at(1, 3, 1001, keyAnswer{left: 1}), at(2, 4, 1001, keyAnswer{left: 1})}, false},
		"counted":            {limit, []porcupine.Operation{at(1, 3, 5, keyAnswer{left: 8, count: 1}), at(2, 4, 5, keyAnswer{left: 7, count: 2})}, true},
		"a lost count":       {limit, []porcupine.Operation{at(1, 3, 5, keyAnswer{left: 8, count: 1}), at(2, 4, 5, keyAnswer{left: 7, count: 1})}, false},
		"a refused use cost": {limit, []porcupine.Operation{at(1, 2, 5, keyAnswer{left: 7, count: 1})}, false},
	} {
		if got := porcupine.CheckOperations(tc.rules.model(), tc.calls); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
