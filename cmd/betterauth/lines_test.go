package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
)

func TestLinesKeepTheirOrder(t *testing.T) {
	var out bytes.Buffer
	l := &lines{to: &out, wait: time.Hour}
	for i, s := range []string{"a", "b", "C", "d"} {
		to := io.Writer(later{l})
		if strings.ToUpper(s) == s {
			to = l
		}
		if _, err := io.WriteString(to, s); err != nil {
			t.Fatal(err)
		}
		if i == 2 && out.String() != "abC" {
			t.Errorf("after C: %q", out.String())
		}
	}
	l.Flush()
	if out.String() != "abCd" {
		t.Errorf("%q", out.String())
	}
}

func TestLinesAreBounded(t *testing.T) {
	var out bytes.Buffer
	l := &lines{to: &out, wait: time.Hour}
	for range 3 {
		if _, err := (later{l}).Write(make([]byte, linesSize/2)); err != nil {
			t.Fatal(err)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if out.Len() < linesSize || len(l.pending) > linesSize/2 {
		t.Errorf("%d written, %d pending", out.Len(), len(l.pending))
	}
}
