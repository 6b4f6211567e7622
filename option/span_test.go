package option_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/option"
)

func TestParseSpan(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"5s": 5 * time.Second, "0s": 0, "30m": 30 * time.Minute, "1 hour": time.Hour, "2 HRS": 2 * time.Hour, "7d": 7 * day, "1w": 7 * day,
		"1mo": 30 * day, "2 months": 60 * day, "1y": 365*day + 6*time.Hour, "0.29s": 290 * time.Millisecond, "+ 5m": 5 * time.Minute,
		"-5m": -5 * time.Minute, "2 days ago": -2 * day, "2 days from now": 2 * day,
	} {
		if got, err := option.ParseSpan(text); err != nil || got != want {
			t.Errorf("%q: %v (%v), want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "5", "s", "5 fortnights", "1.s", "-5m ago", "5s ", "101y", "1e3s"} {
		if got, err := option.ParseSpan(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

func TestSpan(t *testing.T) {
	var o struct {
		Life  option.Span  `json:"life" default:"30m"`
		Pause *option.Span `json:"pause" default:"5s"`
	}
	if err := json.Unmarshal([]byte(`{"pause":"0s"}`), &o); err != nil {
		t.Fatal(err)
	}
	option.Defaults(&o)
	if o.Life.Duration() != 30*time.Minute || *o.Pause != 0 {
		t.Errorf("%v %v", o.Life, *o.Pause)
	}
	for _, text := range []string{`5`, `"soon"`, `true`, `{}`} {
		if err := json.Unmarshal([]byte(`{"life":`+text+`}`), &o); err == nil {
			t.Errorf("%s is read as %v", text, o.Life)
		}
	}
}
