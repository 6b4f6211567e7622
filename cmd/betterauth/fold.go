package main

import (
	"context"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"time"
)

const (
	// foldWindow is how long a repeated problem is only counted.
	foldWindow = time.Minute
	// maxFolds is the largest number of problems that are counted at once. Above
	// half of it, all paths count as one, so that clients cannot create more
	// problems with more paths; above it, lines are written at once.
	maxFolds = 512
	// foldedPath is the length of a path's part that distinguishes problems.
	foldedPath = 300
)

// folds writes a repeated warning or error only once: the first line is written
// at once, further equal lines are counted, and a line with the count is written
// each minute and when the server stops. Lines with a different level, message,
// path, status or cause are never combined.
type folds struct {
	window time.Duration
	after  func(time.Duration, func()) // time.AfterFunc, or a test's

	mu   sync.Mutex
	open map[string]*fold
}

type fold struct {
	to       slog.Handler
	last     slog.Record
	repeated int
}

func newFolds() *folds {
	return &folds{window: foldWindow, after: func(d time.Duration, fn func()) { time.AfterFunc(d, fn) }, open: map[string]*fold{}}
}

// Handler returns a handler that combines repetitions and passes the rest to
// next.
func (f *folds) Handler(next slog.Handler) slog.Handler { return &folded{folds: f, next: next} }

// Flush writes the counts.
func (f *folds) Flush() {
	f.mu.Lock()
	keys := make([]string, 0, len(f.open))
	for key := range f.open {
		keys = append(keys, key)
	}
	f.mu.Unlock()
	for _, key := range keys {
		f.tell(key)
	}
}

// admit reports whether to write the line; otherwise the line is counted.
func (f *folds) admit(key string, to slog.Handler, r slog.Record) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if known := f.open[key]; known != nil {
		known.last = r.Clone()
		known.repeated++
		return false
	}
	if len(f.open) < maxFolds {
		f.open[key] = &fold{to: to}
		f.after(f.window, func() { f.again(key) })
	}
	return true
}

// again ends a window and begins the next one, unless the problem has not
// occurred again.
func (f *folds) again(key string) {
	if f.tell(key) {
		f.after(f.window, func() { f.again(key) })
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if known := f.open[key]; known != nil && known.repeated == 0 {
		delete(f.open, key)
	} else if known != nil {
		f.after(f.window, func() { f.again(key) })
	}
}

// tell writes the count of a problem and reports whether there was one.
func (f *folds) tell(key string) bool {
	f.mu.Lock()
	known := f.open[key]
	if known == nil || known.repeated == 0 {
		f.mu.Unlock()
		return false
	}
	line, to := known.last, known.to
	line.AddAttrs(slog.Int("repeated", known.repeated))
	known.repeated = 0
	f.mu.Unlock()
	_ = to.Handle(context.Background(), line)
	return true
}

func (f *folds) crowded() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.open) >= maxFolds/2
}

// folded is a handler whose repetitions are combined by folds.
type folded struct {
	folds *folds
	next  slog.Handler
	bound string // what With added
}

// Enabled implements slog.Handler.
func (h *folded) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (h *folded) WithAttrs(attrs []slog.Attr) slog.Handler {
	var b strings.Builder
	for _, a := range attrs {
		writeFoldKey(&b, a, false)
	}
	return &folded{h.folds, h.next.WithAttrs(attrs), h.bound + b.String()}
}

// WithGroup implements slog.Handler.
func (h *folded) WithGroup(name string) slog.Handler {
	return &folded{h.folds, h.next.WithGroup(name), h.bound + "\x00" + name}
}

// Handle implements slog.Handler.
func (h *folded) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < slog.LevelWarn {
		return h.next.Handle(ctx, r)
	}
	var b strings.Builder
	b.WriteString(r.Level.String() + "\x00" + r.Message + h.bound)
	pathless := h.folds.crowded()
	r.Attrs(func(a slog.Attr) bool {
		writeFoldKey(&b, a, pathless)
		return true
	})
	if !h.folds.admit(b.String(), h.next, r) {
		return nil
	}
	return h.next.Handle(ctx, r)
}

// localAddress matches the local end of a connection, which differs each time. It
// precedes the arrow in net's errors ("read tcp
// 127.0.0.1:50123->127.0.0.1:5432").
var localAddress = regexp.MustCompile(`[0-9a-zA-Z.:%\[\]]+:[0-9]+->`)

// writeFoldKey writes the attributes that distinguish a line from others.
func writeFoldKey(b *strings.Builder, a slog.Attr, pathless bool) {
	text := a.Value.Resolve().String()
	switch a.Key {
	case "id", "duration", "bytes", "stack":
		return
	case "path", "method":
		if pathless {
			return
		}
		text = text[:min(len(text), foldedPath)]
	default:
		text = localAddress.ReplaceAllString(text, "->")
	}
	b.WriteString("\x00" + a.Key + "=" + text)
}
