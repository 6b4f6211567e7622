package secret

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/scrypt"
)

// held occupies one slot of a Hasher until release is called.
func held(t *testing.T, h *Hasher, heavy bool) (release func()) {
	t.Helper()
	began, end, done := make(chan bool), make(chan bool), make(chan error, 1)
	go func() {
		_, err := compute(context.WithoutCancel(t.Context()), h, heavy, func(*scratch) (int, error) {
			close(began)
			<-end
			return 0, nil
		})
		done <- err
	}()
	<-began
	return func() {
		close(end)
		if err := <-done; err != nil {
			t.Errorf("the hash that was under way: %v", err)
		}
	}
}

func waiting(h *Hasher) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.queue.Len()
}

func until(h *Hasher, n int) {
	for waiting(h) != n {
		runtime.Gosched()
	}
}

func TestHasherIsBusyBeyondItsWait(t *testing.T) {
	h := NewHasher(HasherOptions{Parallel: 1, Wait: time.Millisecond})
	release := held(t, h, false)
	if _, err := h.Hash(t.Context(), "x"); !errors.Is(err, ErrBusy) {
		t.Errorf("behind a hash without end: %v", err)
	}
	if n := waiting(h); n != 0 {
		t.Errorf("%d wait still", n)
	}
	release()
	h.wait = time.Hour
	if _, err := h.Hash(t.Context(), "x"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestHasherForgetsWhoIsGone(t *testing.T) {
	h := NewHasher(HasherOptions{Parallel: 1})
	release := held(t, h, false)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := h.Verify(ctx, strings.Repeat("ab", 16)+":"+strings.Repeat("cd", 64), "x")
		done <- err
	}()
	until(h, 1)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) || waiting(h) != 0 {
		t.Errorf("%v; %d wait", err, waiting(h))
	}
	release()
	if _, err := h.Hash(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("one that is gone from the start: %v", err)
	}
}

func TestHasherKeepsTheOrder(t *testing.T) {
	h := NewHasher(HasherOptions{Parallel: 1})
	release := held(t, h, false)
	order := make(chan int, 3)
	done := make(chan error)
	for i := range 3 {
		go func() {
			_, err := compute(t.Context(), h, false, func(*scratch) (int, error) { order <- i; return 0, nil })
			done <- err
		}()
		until(h, i+1)
	}
	release()
	for i := range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got := <-order; got != i {
			t.Errorf("turn %d had %d", i, got)
		}
	}
}

// TestHasherHasOneHeavyHash checks that hashes that need much memory run one at a
// time, and that other hashes overtake them.
func TestHasherHasOneHeavyHash(t *testing.T) {
	h := NewHasher(HasherOptions{Parallel: 3})
	release := held(t, h, true)
	second := make(chan error)
	go func() {
		_, err := compute(t.Context(), h, true, func(*scratch) (int, error) { return 0, nil })
		second <- err
	}()
	until(h, 1)
	if _, err := compute(t.Context(), h, false, func(*scratch) (int, error) { return 0, nil }); err != nil || waiting(h) != 1 {
		t.Errorf("a light one: %v; %d wait", err, waiting(h))
	}
	release()
	if err := <-second; err != nil {
		t.Error(err)
	}
	release = held(t, h, true)
	release()
}

func TestHasherSurvivesAPanic(t *testing.T) {
	h := NewHasher(HasherOptions{Parallel: 1})
	_, err := compute(t.Context(), h, true, func(*scratch) (int, error) { panic("a bug") })
	if err == nil {
		t.Error("a panic is no error")
	}
	if _, err := h.Hash(t.Context(), "x"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestScrypt compares with RFC 7914 and with the standard package.
func TestScrypt(t *testing.T) {
	var m scratch
	defer m.free()
	for _, c := range []struct {
		password, salt string
		cost           scryptCost
		want           string
	}{
		{"", "", scryptCost{16, 1, 1}, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"},
		{"password", "NaCl", scryptCost{1024, 8, 16}, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"},
		{"pleaseletmein", "SodiumChloride", scryptCost{16384, 8, 1}, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"},
	} {
		got, err := scryptKey(&m, []byte(c.password), []byte(c.salt), c.cost, 64)
		if hex.EncodeToString(got) != c.want || err != nil {
			t.Errorf("%q: %x, %v", c.password, got, err)
		}
	}
	for _, c := range []scryptCost{{2, 1, 1}, {4, 3, 2}, {64, 7, 1}, {128, 16, 3}, nativeCost} {
		want, err := scrypt.Key([]byte("pw"), []byte("salt"), c.n, c.r, c.p, 77)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := scryptKey(&m, []byte("pw"), []byte("salt"), c, 77); !bytes.Equal(got, want) || err != nil {
			t.Errorf("%v: %x, %v; want %x", c, got, err, want)
		}
	}
	for _, c := range []scryptCost{{}, {3, 1, 1}, {1, 1, 1}, {16, 0, 1}, {16, 1, 0}, {16, 1 << 20, 1}, {1 << 30, 1, 1}, {-16, 1, 1}} {
		if _, err := scryptKey(&m, nil, nil, c, 64); err == nil {
			t.Errorf("%v was accepted", c)
		}
	}
}

func BenchmarkHash(b *testing.B) {
	h := NewHasher(HasherOptions{Parallel: 1})
	for b.Loop() {
		if _, err := h.Hash(b.Context(), "correct horse battery staple"); err != nil {
			b.Fatal(err)
		}
	}
}
