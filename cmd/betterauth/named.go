package main

import (
	"bytes"
	"io"
	"sync"
)

// of returns the same world with the realm's name before each line that is printed.
func (w *world) of(s *setup) *world {
	if s.realm == nil {
		return w
	}
	other := *w
	other.stdout = &prefixed{to: w.stdout, prefix: []byte(s.realm.Name + ": ")}
	other.stderr = &prefixed{to: w.stderr, prefix: []byte(s.realm.Name + ": ")}
	return &other
}

// prefixed writes a prefix before each line that is not empty.
type prefixed struct {
	to     io.Writer
	prefix []byte

	mu     sync.Mutex
	inLine bool
}

// Write implements io.Writer.
func (p *prefixed) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []byte
	for line := range bytes.Lines(text) {
		if !p.inLine && len(line) > 1 {
			out = append(out, p.prefix...)
		}
		out = append(out, line...)
		p.inLine = line[len(line)-1] != '\n'
	}
	_, err := p.to.Write(out)
	return len(text), err
}
