package first_test

import (
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"

	"example.com/notes/first"
)

func TestHello(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{first.New()}})
	if got := s.Client().Get("/hello?name=Ada"); got.Status != 200 || got.Body != `{"hello":"Ada"}` {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	if got := s.Client().Get("/hello"); got.Code() != "VALIDATION_ERROR" {
		t.Errorf("without a name: %d %s", got.Status, got.Body)
	}
}
