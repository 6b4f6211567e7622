package main

import (
	"io"
	"sync"
	"time"
)

const (
	linesWait = 200 * time.Millisecond
	linesSize = 32 << 10
)

// lines is the destination of the log. Its own writes happen at once. Writes to
// its later writer are collected for a moment, because a write for each request
// costs as much as answering it. The order is kept.
type lines struct {
	to   io.Writer
	wait time.Duration

	mu      sync.Mutex
	pending []byte
	waiting bool // a flush is scheduled
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flush()
	return l.to.Write(p)
}

// Flush writes the collected lines.
func (l *lines) Flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flush()
}

func (l *lines) flush() {
	l.waiting = false
	if len(l.pending) > 0 {
		l.to.Write(l.pending)
		l.pending = l.pending[:0]
	}
}

// later writes to lines with a delay.
type later struct{ *lines }

// Write implements io.Writer.
func (l later) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending = append(l.pending, p...)
	switch {
	case len(l.pending) >= linesSize:
		l.flush()
	case !l.waiting:
		l.waiting = true
		time.AfterFunc(l.wait, l.Flush)
	}
	return len(p), nil
}
