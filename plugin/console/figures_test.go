package console

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// Durations are put into buckets without gaps, whose middle is near.
func TestBuckets(t *testing.T) {
	last := 0
	for us := int64(0); us < 1_000_000; us += 1 + us/50 {
		took := time.Duration(us) * time.Microsecond
		b := bucketOf(took)
		if b < last || b > last+1 {
			t.Fatalf("%v: bucket %d after %d", took, b, last)
		}
		last = b
		if ms := float64(us) / 1000; ms > 0.1 && math.Abs(middle(b)-ms)/ms > 0.15 {
			t.Errorf("%v is shown as %v ms", took, middle(b))
		}
	}
	for took, want := range map[time.Duration]int{-time.Hour: 0, 0: 0, 63 * time.Microsecond: 0, 64 * time.Microsecond: 1, time.Hour: buckets - 1, math.MaxInt64: buckets - 1} {
		if got := bucketOf(took); got != want {
			t.Errorf("%v: %d, not %d", took, got, want)
		}
	}
}

func TestQuantiles(t *testing.T) {
	var took [buckets]uint64
	if quantile(&took, 0.5) != 0 || quantile(&took, 0.99) != 0 {
		t.Error("quantiles of nothing")
	}
	var all []float64
	for range 10_000 {
		ms := math.Exp(rand.NormFloat64()) // lognormal around 1 ms
		all = append(all, ms)
		took[bucketOf(time.Duration(ms*float64(time.Millisecond)))]++
	}
	slices.Sort(all)
	for _, q := range []float64{0.5, 0.9, 0.99, 1} {
		exact := all[int(q*float64(len(all)))-1]
		if got := quantile(&took, q); math.Abs(got-exact)/exact > 0.2 {
			t.Errorf("%v: %v, exactly %v", q, got, exact)
		}
	}
}

// A day later a minute is a new one, and an old clock does no harm.
func TestRingTurns(t *testing.T) {
	var r ring
	start := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	r.at(start).requests.Add(1)
	r.at(start.Add(24 * time.Hour)).requests.Add(2)
	if m := r.find(minuteOf(start)); m != nil {
		t.Error("the minute of yesterday is still there")
	}
	if m := r.find(minuteOf(start.Add(24 * time.Hour))); m == nil || m.requests.Load() != 2 {
		t.Errorf("%+v", m)
	}
	r.at(time.Unix(-1000, 0)).requests.Add(1)
	r.at(time.Time{}).requests.Add(1)
	if got := r.report(time.Unix(0, 0), 1440); len(got.Series.Requests) != mostStep {
		t.Errorf("%d steps", len(got.Series.Requests))
	}
}

// Simultaneous requests at the turn of a minute are all counted, and counting needs no memory.
func TestCountsAtOnce(t *testing.T) {
	p := New(Options{})
	start := time.Date(2026, 11, 24, 12, 0, 59, 0, time.UTC)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 1000 {
				p.measure(auth.Served{At: start.Add(time.Duration(i) * 2 * time.Millisecond), Took: time.Duration(i) * time.Microsecond, Status: 200 + i%4*100})
			}
		})
	}
	wg.Wait()
	got := p.figures.report(start.Add(2*time.Second), 2).Series
	if got.Requests[0]+got.Requests[1] != 8000 || got.Failures5xx[0]+got.Failures5xx[1] != 2000 {
		t.Errorf("%+v", got)
	}
	s := auth.Served{At: start, Took: time.Millisecond, Status: 200}
	if n := testing.AllocsPerRun(100, func() { p.measure(s) }); n != 0 {
		t.Errorf("%v allocations for each request", n)
	}
}

func BenchmarkMeasure(b *testing.B) {
	p := New(Options{})
	s := auth.Served{At: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), Took: time.Millisecond, Status: 200}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			p.measure(s)
		}
	})
}
