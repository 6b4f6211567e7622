package limiter

import (
	"context"
	"testing"
	"time"
	"unsafe"
)

// Full lists the keys at their limit, and only until their window ends. The rule's limit needs no more memory.
func TestFull(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	m := NewMemory(100, func(context.Context) time.Time { return now })
	ctx, rule := t.Context(), Rule{Window: 10, Max: 2}
	for key, calls := range map[string]int{"a": 1, "b": 2, "c": 5} {
		for range calls {
			if _, _, err := m.Consume(ctx, key, rule); err != nil {
				t.Fatal(err)
			}
		}
	}
	full, err := m.Full(ctx, now, 10)
	if err != nil || len(full) != 2 {
		t.Fatal(full, err)
	}
	for _, f := range full {
		if !f.Hashed || f.Count != 2 || !f.Until.Equal(now.Add(10*time.Second)) {
			t.Errorf("%+v", f)
		}
	}
	if one, _ := m.Full(ctx, now, 1); len(one) != 1 {
		t.Error(one)
	}
	if err := m.Forgive(ctx, "b"); err != nil {
		t.Fatal(err)
	}
	if left, _ := m.Full(ctx, now, 10); len(left) != 1 {
		t.Error(left)
	}
	if left, _ := m.Full(ctx, now.Add(10*time.Second), 10); len(left) != 0 {
		t.Error(left)
	}
	if size := unsafe.Sizeof(memorySlot{}); size > 40 {
		t.Errorf("a slot has %d bytes", size)
	}
}
