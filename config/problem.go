package config

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNotBuilt reports an option or plugin of the reference that this server
// does not have yet.
var ErrNotBuilt = errors.New("not built yet")

// ErrGoOnly reports an option that only a Go program can set.
var ErrGoOnly = errors.New("can only be set from Go")

// Problem is one mistake of a config file.
type Problem struct {
	Path         string // of the option, like session.cookieCache.maxAge; may be empty
	Line, Column int    // counted from 1; 0 where there is no place
	Message      string
	Err          error // ErrNotBuilt, ErrGoOnly, another cause, or nil
}

// Errors are all the mistakes of a config file, in its order.
type Errors struct {
	File     string
	Problems []Problem
}

// Error puts each mistake on a line of its own: file:line:column: path: message.
func (e *Errors) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		var b strings.Builder
		b.WriteString(e.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
		}
		b.WriteString(": ")
		if p.Path != "" {
			b.WriteString(p.Path + ": ")
		}
		b.WriteString(p.Message)
		lines[i] = b.String()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the kinds of the mistakes to errors.Is.
func (e *Errors) Unwrap() []error {
	var out []error
	for _, p := range e.Problems {
		if p.Err != nil {
			out = append(out, p.Err)
		}
	}
	return out
}

// nearest returns the known key that was probably meant, "" when none is near.
func nearest(key string, known []string) string {
	best, distance := "", 1+max(2, len(key)/3)
	for _, k := range known {
		if d := editDistance(strings.ToLower(key), strings.ToLower(k)); d < distance {
			best, distance = k, d
		}
	}
	return best
}

func editDistance(a, b string) int {
	if max(len(a), len(b)) > 100 {
		return 100
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
