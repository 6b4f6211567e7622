package console

import (
	"math"
	"math/bits"
	"sync/atomic"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// The figures are kept in memory for a day, a minute each. Counting takes no lock.
const (
	kept     = 24 * 60 // minutes
	mostStep = 120     // steps of an answer
)

// ring has the figures of the last minutes. The zero value is ready.
type ring struct{ slots [kept]atomic.Pointer[minute] }

// minute is what happened in one minute.
type minute struct {
	number int64 // minutes since 1970

	requests, failures      atomic.Int64
	signIns, signInFailures atomic.Int64
	hashing                 atomic.Int64 // the largest number of passwords that were hashed or waited for it
	took                    [buckets]atomic.Uint32
}

func minuteOf(t time.Time) int64 { return max(t.Unix()/60, 0) }

// at returns the figures of the minute of t, to count in.
func (r *ring) at(t time.Time) *minute {
	n := minuteOf(t)
	slot := &r.slots[n%kept]
	m := slot.Load()
	if m != nil && m.number == n {
		return m
	}
	fresh := &minute{number: n}
	if slot.CompareAndSwap(m, fresh) {
		return fresh
	}
	return slot.Load()
}

// find returns the figures of a minute, or nil if there are none.
func (r *ring) find(number int64) *minute {
	if number < 0 {
		return nil
	}
	if m := r.slots[number%kept].Load(); m != nil && m.number == number {
		return m
	}
	return nil
}

// Durations are counted in buckets, four for each doubling from 64 µs to 134 s; the first has all below, the last all
// above.
const (
	firstBits = 7 // of 64
	buckets   = 1 + 21*4
)

func bucketOf(took time.Duration) int {
	us := uint64(max(took.Microseconds(), 0))
	n := bits.Len64(us)
	if n < firstBits {
		return 0
	}
	return min(1+(n-firstBits)*4+int(us>>(n-3)&3), buckets-1)
}

// middle returns the duration that stands for a bucket, in milliseconds.
func middle(bucket int) float64 {
	if bucket == 0 {
		return 0.03
	}
	doubling, quarter := (bucket-1)/4, (bucket-1)%4
	us := (float64(quarter) + 4.5) * math.Exp2(float64(doubling+firstBits-3))
	return math.Round(us/10) / 100
}

// quantile returns the duration in milliseconds that the share q of the requests did not exceed, 0 without requests.
func quantile(took *[buckets]uint64, q float64) float64 {
	var total uint64
	for _, n := range took {
		total += n
	}
	rank := uint64(math.Ceil(q * float64(total)))
	var seen uint64
	for i, n := range took {
		if seen += n; n > 0 && seen >= rank {
			return middle(i)
		}
	}
	return 0
}

type figuresRequest struct {
	_       struct{} `query:"optional"`
	Minutes int      `query:"minutes,omitempty" coerce:"true" format:"int" minimum:"1" maximum:"1440" default:"60" doc:"How many minutes back the figures begin"`
}

type figuresAnswer struct {
	From        time.Time `json:"from"`
	StepSeconds int       `json:"stepSeconds"`
	Series      series    `json:"series"`
}

// series have one number for each step. The last step has not ended yet.
type series struct {
	Requests       []float64 `json:"requests"`
	Failures5xx    []float64 `json:"failures5xx"`
	SignIns        []float64 `json:"signIns"`
	SignInFailures []float64 `json:"signInFailures"`
	P50            []float64 `json:"p50"` // milliseconds
	P99            []float64 `json:"p99"`
	Hashing        []float64 `json:"hashing"`
}

func (p *Plugin) getFigures() auth.Endpoint {
	return read(p, "consoleFigures", "/figures", "Requests, sign-ins and latency of the last minutes", func(c *auth.Context, in *figuresRequest) (*figuresAnswer, error) {
		p.sample(c.Clock())
		return p.figures.report(c.Clock(), in.Minutes), nil
	})
}

// report returns the figures up to now.
func (r *ring) report(now time.Time, minutes int) *figuresAnswer {
	width := (minutes + mostStep - 1) / mostStep
	steps := (minutes + width - 1) / width
	first := minuteOf(now) - int64(steps*width) + 1
	out := &figuresAnswer{From: time.Unix(first*60, 0).UTC(), StepSeconds: width * 60}
	for step := range steps {
		r.sum(&out.Series, first+int64(step*width), width)
	}
	return out
}

// sum adds a step of width minutes to the series.
func (r *ring) sum(s *series, first int64, width int) {
	var requests, failures, good, bad, hashing int64
	var took [buckets]uint64
	for n := first; n < first+int64(width); n++ {
		m := r.find(n)
		if m == nil {
			continue
		}
		requests += m.requests.Load()
		failures += m.failures.Load()
		good += m.signIns.Load()
		bad += m.signInFailures.Load()
		hashing = max(hashing, m.hashing.Load())
		for i := range took {
			took[i] += uint64(m.took[i].Load())
		}
	}
	s.Requests = append(s.Requests, float64(requests))
	s.Failures5xx = append(s.Failures5xx, float64(failures))
	s.SignIns = append(s.SignIns, float64(good))
	s.SignInFailures = append(s.SignInFailures, float64(bad))
	s.Hashing = append(s.Hashing, float64(hashing))
	s.P50 = append(s.P50, quantile(&took, 0.5))
	s.P99 = append(s.P99, quantile(&took, 0.99))
}
