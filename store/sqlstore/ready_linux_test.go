package sqlstore_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// TestFullDisk fills a real disk of 2 MB. The write-ahead log, which may grow to
// 4 MB, takes all of it; once a little space is freed, no write fails.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skip("no right to mount a small disk: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	reserve := filepath.Join(dir, "reserve")
	if err := os.WriteFile(reserve, make([]byte, 500<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := sqlstore.Open(t.Context(), "sqlite:"+filepath.Join(dir, "x.db"), sqlstore.Options{MaxOpen: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	s, _ := people(t, d, 1)
	update := func(i int) error { // no new rows, so only the log grows
		_, err := s.Update(t.Context(), "user", []store.Where{store.Is("id", "id0")}, store.Record{"score": float64(i)})
		return err
	}
	for i := range 300 {
		if err := update(i); err != nil {
			t.Fatalf("the log is not merged when it is the log that takes the space: %v", err)
		}
	}
	rest := filepath.Join(dir, "rest")
	fill(t, d, 1)
	ballast, err := os.Create(rest)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = ballast.Write(make([]byte, 4096))
	}
	ballast.Close()
	failed := 0
	for i := 0; i < 600 && failed < 10; i++ {
		if err := update(i); err != nil {
			if failed++; !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("full: %v", err)
			}
		}
	}
	if failed < 10 {
		t.Fatal("the disk is never full")
	}
	if err := d.Ping(t.Context()); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("ping on a full disk: %v", err)
	}
	if err := os.Remove(reserve); err != nil {
		t.Fatal(err)
	}
	bad := 0
	for i := range 200 {
		if err := update(i); err != nil {
			bad++
			t.Log(err)
		}
	}
	if bad > 0 {
		t.Errorf("%d of 200 writes failed after space was freed", bad)
	}
	if err := d.Ping(t.Context()); err != nil {
		t.Errorf("ping: %v", err)
	}
}
