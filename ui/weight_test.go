package ui

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
)

// TestWeight adds up what a browser loads with the first page, compressed: at most 100 kB.
func TestWeight(t *testing.T) {
	p, err := New(Options{Mode: "development", BasePath: "/api/auth", Config: Config{Name: "Acme"}})
	if err != nil {
		t.Fatal(err)
	}
	load := func(path string) (size int, body string) {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d", path, w.Code)
		}
		return w.Body.Len(), w.Body.String()
	}
	total, page := load("/")
	files := regexp.MustCompile(`(?:href|src)="(/_ui/[^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(files) < 3 {
		t.Fatalf("the page loads only %v", files)
	}
	for _, m := range files {
		size, _ := load(m[1])
		total += size
	}
	if total > 100_000 {
		t.Errorf("the first page has %d bytes in %d files", total, len(files)+1)
	}
	t.Logf("%d bytes in %d files", total, len(files)+1)
}
