package option

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Span is an option that a file writes as a number with a unit: "30m", "5s", "1 hour". A Go program assigns a
// [time.Duration]. See [ParseSpan].
type Span time.Duration

// Duration returns the span as a duration.
func (s Span) Duration() time.Duration { return time.Duration(s) }

// UnmarshalJSON reads a text such as "30m".
func (s *Span) UnmarshalJSON(text []byte) error {
	var written string
	if json.Unmarshal(text, &written) != nil {
		return errors.New(`must be a time with a unit, such as "30m"`)
	}
	d, err := ParseSpan(written)
	*s = Span(d)
	return err
}

// OptionShape implements [Shaper].
func (Span) OptionShape() Shape { return Shape{Text: true} }

var spanText = regexp.MustCompile(`(?i)^(\+|-)? ?(\d+|\d+\.\d+) ?(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|months?|mo|years?|yrs?|y)(?: (ago|from now))?$`)

// ParseSpan reads a duration in the format of the reference (better-auth/dist/utils/time.mjs), such as "30m", "1 hour"
// or "2 days ago", which is negative. A month has 30 days, a year 365.25. It returns an error for more than a hundred
// years.
func ParseSpan(text string) (time.Duration, error) {
	m := spanText.FindStringSubmatch(text)
	if m == nil || m[4] != "" && m[1] != "" {
		return 0, fmt.Errorf("%q is not a duration such as 7d, 30m or 1 hour", text)
	}
	n, err := strconv.ParseFloat(m[2], 64)
	if err != nil {
		return 0, err
	}
	n *= unitOf(strings.ToLower(m[3]))
	if n > LongestTime*float64(time.Second) {
		return 0, fmt.Errorf("%q is longer than a hundred years", text)
	}
	if m[1] == "-" || strings.EqualFold(m[4], "ago") {
		n = -n
	}
	return time.Duration(math.Round(n)), nil
}

// unitOf returns the length of a unit in nanoseconds.
func unitOf(unit string) float64 {
	const day = float64(24 * time.Hour)
	switch {
	case strings.HasPrefix(unit, "s"):
		return float64(time.Second)
	case unit == "mo", strings.HasPrefix(unit, "month"):
		return 30 * day
	case strings.HasPrefix(unit, "m"):
		return float64(time.Minute)
	case strings.HasPrefix(unit, "h"):
		return float64(time.Hour)
	case strings.HasPrefix(unit, "w"):
		return 7 * day
	case strings.HasPrefix(unit, "y"):
		return 365.25 * day
	}
	return day
}
