package config

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNotBuilt reports an option or plugin of the reference that this server does not have yet.
var ErrNotBuilt = errors.New("not built yet")

// ErrGoOnly reports an option that only a Go program can set.
var ErrGoOnly = errors.New("can only be set from Go")

// Problem is one mistake in a config file.
type Problem struct {
	Path         string // of the option, such as session.cookieCache.maxAge; may be empty
	Line, Column int    // counted from 1; 0 if there is no position
	Message      string
	Err          error // ErrNotBuilt, ErrGoOnly, another cause, or nil
}

// Errors holds all mistakes of a config file, in the order of the file.
type Errors struct {
	File     string
	Problems []Problem
}

// Error returns one line for each mistake: file:line:column: path: message.
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

// Unwrap returns the causes, for errors.Is.
func (e *Errors) Unwrap() []error {
	var out []error
	for _, p := range e.Problems {
		if p.Err != nil {
			out = append(out, p.Err)
		}
	}
	return out
}
