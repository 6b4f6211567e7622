package authtest

import (
	"fmt"
	"strings"

	"github.com/seed-32bd42cb/betterauth/store"
)

// Rows returns the rows of a model that meet all conditions.
func (s *Server) Rows(model string, where ...store.Where) []store.Record {
	s.T.Helper()
	rows, err := s.Store.Find(s.T.Context(), model, store.Query{Where: where})
	if err != nil {
		s.T.Fatalf("rows of %s where %s: %v", model, conditions(where), err)
	}
	return rows
}

// Row returns the only row of a model that meets all conditions. The test ends
// unless there is exactly one.
func (s *Server) Row(model string, where ...store.Where) store.Record {
	s.T.Helper()
	rows := s.Rows(model, where...)
	if len(rows) != 1 {
		s.T.Fatalf("%d rows of %s where %s, want 1", len(rows), model, conditions(where))
	}
	return rows[0]
}

// ID returns the id of the only row of a model that meets all conditions.
func (s *Server) ID(model string, where ...store.Where) string {
	s.T.Helper()
	id, _ := s.Row(model, where...)["id"].(string)
	return id
}

// Change updates all rows of a model that meet all conditions. The test ends if
// there are none.
func (s *Server) Change(model string, change store.Record, where ...store.Where) {
	s.T.Helper()
	n, err := s.Store.UpdateMany(s.T.Context(), model, where, change)
	if n == 0 || err != nil {
		s.T.Fatalf("change %s where %s: %d rows, %v", model, conditions(where), n, err)
	}
}

// WantRows checks that exactly n rows of a model meet all conditions.
func (s *Server) WantRows(n int, model string, where ...store.Where) {
	s.T.Helper()
	got, err := s.Store.Count(s.T.Context(), model, where...)
	if err != nil || got != int64(n) {
		s.T.Errorf("%d rows of %s where %s (%v), want %d", got, model, conditions(where), err, n)
	}
}

func conditions(where []store.Where) string {
	if len(where) == 0 {
		return "true"
	}
	var parts []string
	for _, w := range where {
		op := string(w.Op)
		if op == "" {
			op = string(store.Eq)
		}
		parts = append(parts, fmt.Sprintf("%s %s %v", w.Field, op, w.Value))
	}
	return strings.Join(parts, " and ")
}
