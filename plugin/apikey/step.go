package apikey

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// step is one counted use of a key: the change of its row, and the conditions under which it may be made. If the
// conditions do not hold any more, another call was faster.
type step struct {
	where  []store.Where
	change store.Change
}

// next returns the step for a use of a key now, or the refusal.
func next(row store.Record, cfg *Configuration, now time.Time) (step, error) {
	s := step{
		where:  append(byID(row), store.Is("enabled", row["enabled"])),
		change: store.Change{Set: store.Record{"updatedAt": now}, Add: map[string]int64{}},
	}
	if err := s.quota(row, now); err != nil {
		return step{}, err
	}
	if err := s.rate(row, cfg, now); err != nil {
		return step{}, err
	}
	return s, nil
}

func (s *step) guard(field string, op store.Op, value any) {
	s.where = append(s.where, store.Where{Field: field, Op: op, Value: value})
}

// quota takes one of the uses that are left, after filling them up if that is due.
func (s *step) quota(row store.Record, now time.Time) error {
	left, limited := number(row, "remaining")
	if !limited {
		s.where = append(s.where, store.Is("remaining", nil))
		return nil
	}
	interval, _ := number(row, "refillInterval")
	amount, _ := number(row, "refillAmount")
	filled := row.Time("lastRefillAt")
	if filled.IsZero() {
		filled = row.Time("createdAt")
	}
	switch {
	case interval != 0 && amount != 0 && float64(now.Sub(filled).Milliseconds()) > interval:
		s.guard("lastRefillAt", store.Eq, row["lastRefillAt"])
		s.change.Set["remaining"], s.change.Set["lastRefillAt"] = amount-1, now
	case left <= 0:
		refused := auth.Fail(http.StatusTooManyRequests, UsageExceeded)
		if interval != 0 && amount != 0 {
			refused.Header = retryAfter(interval - float64(now.Sub(filled).Milliseconds()))
		}
		return refused
	default:
		s.guard("remaining", store.Gt, 0)
		s.change.Add["remaining"] = -1
	}
	return nil
}

// rate counts the use in the current window.
func (s *step) rate(row store.Record, cfg *Configuration, now time.Time) error {
	if !*cfg.RateLimit.Enabled || row["rateLimitEnabled"] == false {
		s.change.Set["lastRequest"] = now
		return nil
	}
	window, hasWindow := number(row, "rateLimitTimeWindow")
	limit, hasLimit := number(row, "rateLimitMax")
	if !hasWindow || !hasLimit {
		return nil
	}
	s.change.Set["lastRequest"] = now
	last := row.Time("lastRequest")
	if last.IsZero() {
		s.where = append(s.where, store.Is("lastRequest", nil))
		s.change.Set["requestCount"] = 1
		return nil
	}
	since := float64(now.Sub(last).Milliseconds())
	begin := now.Add(-time.Duration(min(window, longest) * float64(time.Millisecond)))
	count, counted := number(row, "requestCount")
	switch {
	case since > window:
		s.guard("lastRequest", store.Lte, begin)
		s.change.Set["requestCount"] = 1
	case count >= limit:
		return limited(math.Ceil(window - since))
	case !counted:
		s.guard("requestCount", store.Eq, nil)
		s.change.Set["requestCount"] = 1
	default:
		s.guard("lastRequest", store.Gte, begin)
		s.guard("requestCount", store.Lt, limit)
		s.change.Add["requestCount"] = 1
	}
	return nil
}

// longest is the longest window in milliseconds that fits a time.Duration.
const longest = 100 * 365 * 24 * 60 * 60 * 1000

// limited returns the refusal of a key that was used too often, with the milliseconds after which it works again.
func limited(wait float64) *auth.Error {
	return &auth.Error{
		Code: auth.Code{Name: "RATE_LIMITED", Message: RateLimitExceeded.Message}, Status: http.StatusTooManyRequests,
		Header: retryAfter(wait),
		Body:   js.Obj("message", RateLimitExceeded.Message, "code", "RATE_LIMITED", "details", js.Obj("tryAgainIn", wait)),
	}
}

// retryAfter returns the header that says when a key works again: in the first second that is more than wait
// milliseconds away.
func retryAfter(wait float64) http.Header {
	seconds := math.Floor(max(wait, 0)/1000) + 1
	return http.Header{"Retry-After": {strconv.FormatFloat(seconds, 'f', 0, 64)}}
}

// applied returns the row after the step.
func (s step) applied(row store.Record) store.Record {
	out := row.With(s.change.Set)
	for field, n := range s.change.Add {
		was, _ := number(row, field)
		out[field] = was + float64(n)
	}
	for field, v := range out {
		if n, ok := v.(int); ok {
			out[field] = float64(n)
		}
	}
	return out
}
