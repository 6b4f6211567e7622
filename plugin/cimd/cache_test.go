package cimd

import (
	"net/http"
	"testing"
	"time"
)

// TestExpiry: how long an answer is used, by its headers (RFC 9111), at most an hour here.
func TestExpiry(t *testing.T) {
	now := time.Date(2031, 1, 15, 10, 20, 31, 0, time.UTC)
	at := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for name, tc := range map[string]struct {
		headers map[string]string
		life    time.Duration
		never   bool
	}{
		"nothing":            {nil, time.Hour, false},
		"max-age":            {map[string]string{"Cache-Control": "public, max-age=60"}, time.Minute, false},
		"quoted":             {map[string]string{"Cache-Control": `max-age="60"`}, time.Minute, false},
		"too long":           {map[string]string{"Cache-Control": "max-age=99999999999"}, time.Hour, false},
		"s-maxage counts":    {map[string]string{"Cache-Control": "max-age=1, s-maxage=60"}, time.Minute, false},
		"repeated":           {map[string]string{"Cache-Control": "max-age=60, max-age=60"}, 0, false},
		"nonsense":           {map[string]string{"Cache-Control": "max-age=soon"}, 0, false},
		"negative":           {map[string]string{"Cache-Control": "max-age=-1"}, 0, false},
		"age":                {map[string]string{"Cache-Control": "max-age=60", "Age": "50"}, 10 * time.Second, false},
		"old answer":         {map[string]string{"Cache-Control": "max-age=60", "Date": at(-50 * time.Second)}, 10 * time.Second, false},
		"stale":              {map[string]string{"Cache-Control": "max-age=60", "Age": "70"}, 0, false},
		"expires":            {map[string]string{"Expires": at(time.Minute)}, time.Minute, false},
		"expired":            {map[string]string{"Expires": at(-time.Minute)}, 0, false},
		"expires is no time": {map[string]string{"Expires": "0"}, time.Hour, false},
		"no-cache":           {map[string]string{"Cache-Control": "no-cache, max-age=60"}, 0, false},
		"no-store":           {map[string]string{"Cache-Control": "no-store"}, 0, true},
		"private":            {map[string]string{"Cache-Control": "Private"}, 0, true},
		"varies":             {map[string]string{"Vary": "accept, *"}, 0, true},
	} {
		h := http.Header{}
		for k, v := range tc.headers {
			h.Set(k, v)
		}
		got, ok := expiry(h, time.Hour, now)
		if ok == tc.never || got.Sub(now) != tc.life {
			t.Errorf("%s: %v %v", name, got.Sub(now), ok)
		}
	}
}

func TestLifetime(t *testing.T) {
	for text, want := range map[string]time.Duration{`60`: time.Minute, `0.5`: time.Second / 2, `"1d"`: 24 * time.Hour, `0`: 0} {
		var l Lifetime
		if err := l.UnmarshalJSON([]byte(text)); err != nil || time.Duration(l) != want {
			t.Errorf("%s: %v %v", text, time.Duration(l), err)
		}
	}
	for _, text := range []string{`-1`, `"-1s"`, `"soon"`, `true`, `1e300`} {
		var l Lifetime
		if err := l.UnmarshalJSON([]byte(text)); err == nil {
			t.Errorf("%s is read as %v", text, time.Duration(l))
		}
	}
}
