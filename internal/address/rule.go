package address

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/spelling"
)

// Rule is the treatment of a parameter: Set keeps or translates it, or it is
// dropped for a reason. T is the type that Set writes to.
type Rule[T any] struct {
	// Set applies the value. Its error completes "the parameter x …" and does not
	// contain the value.
	Set func(to T, value string) error
	// Dropped is the reason why the parameter has no effect here.
	Dropped string
}

// Keep returns a Rule that applies the parameter with set.
func Keep[T any](set func(to T, value string) error) Rule[T] { return Rule[T]{Set: set} }

// Drop returns a Rule that drops the parameter.
func Drop[T any](why string) Rule[T] { return Rule[T]{Dropped: why} }

// Table holds the rules of an engine by the exact names of the parameters.
type Table[T any] map[string]Rule[T]

// Apply applies the rules to params in order. The notes name the dropped
// parameters and the reasons.
func (t Table[T]) Apply(to T, params []Param) (notes []string, err error) {
	dropped := map[string][]string{} // reason -> names
	var reasons []string
	for _, p := range params {
		rule, known := t[p.Name]
		switch {
		case !known:
			return nil, t.unknown(p)
		case rule.Set == nil:
			if !slices.Contains(reasons, rule.Dropped) {
				reasons = append(reasons, rule.Dropped)
			}
			if !slices.Contains(dropped[rule.Dropped], p.Name) {
				dropped[rule.Dropped] = append(dropped[rule.Dropped], p.Name)
			}
		default:
			if err := rule.Set(to, p.Value); err != nil {
				return nil, fmt.Errorf("the parameter %s %w", p.Name, err)
			}
		}
	}
	for _, why := range reasons {
		notes = append(notes, strings.Join(dropped[why], ", ")+" has no effect: "+why)
	}
	return notes, nil
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,62}$`)

// unknown returns an error that names the parameter, unless it may be part of a
// password.
func (t Table[T]) unknown(p Param) error {
	if p.Unsure || !plainName.MatchString(p.Name) {
		return errors.New("there is an unknown parameter, which is not shown here because it may be part of a password; " +
			"in a password, & = + and blanks must be escaped")
	}
	known := t.Names()
	if near := spelling.Nearest(p.Name, known); near != "" {
		return fmt.Errorf("there is no parameter %q (did you mean %s?)", p.Name, near)
	}
	return fmt.Errorf("there is no parameter %q", p.Name)
}

// Names returns the names of the parameters, sorted.
func (t Table[T]) Names() []string {
	names := make([]string, 0, len(t))
	for name := range t {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Bool parses a boolean.
func Bool(value string) (bool, error) {
	switch strings.ToLower(value) {
	case "true", "1", "yes", "on", "":
		return true, nil
	case "false", "0", "no", "off":
		return false, nil
	}
	return false, errors.New("must be true or false")
}

// Count parses a whole number that is not negative.
func Count(value string) (int, error) {
	n, err := strconv.ParseUint(value, 10, 31)
	if err != nil {
		return 0, errors.New("must be a whole number")
	}
	return int(n), nil
}

// Duration parses a number of units, or a text like 5s. It accepts 0 to one year.
func Duration(value string, unit time.Duration) (time.Duration, error) {
	const most = 366 * 24 * time.Hour
	var d time.Duration
	n, err := strconv.ParseFloat(value, 64)
	switch {
	case err != nil:
		d, err = time.ParseDuration(strings.ReplaceAll(strings.TrimSpace(value), "min", "m"))
	case n >= 0 && n <= float64(most/unit):
		d = time.Duration(n * float64(unit))
	default:
		d = -1
	}
	if err != nil || d < 0 || d > most {
		name := "seconds"
		if unit == time.Millisecond {
			name = "milliseconds"
		}
		return 0, fmt.Errorf("must be a number of %s, or a text like 5s", name)
	}
	return d, nil
}

// OneOf parses a word, ignoring case.
func OneOf(value string, words ...string) (string, error) {
	value = strings.ToLower(value)
	if slices.Contains(words, value) {
		return value, nil
	}
	return "", errors.New("must be one of " + strings.Join(words, ", "))
}
