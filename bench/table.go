//go:build linux

package main

import (
	"cmp"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"
)

// median returns the median of values; for an even number of them the mean of the
// middle two.
func median[T int64 | float64 | time.Duration](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

func each[T, R any](list []T, f func(T) R) []R {
	out := make([]R, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

// ratio is the ratio of two servers' processor time in each turn.
type ratio struct{ median, low, high float64 }

func ratioOf(a, b []sample) ratio {
	n := min(len(a), len(b))
	if n == 0 {
		return ratio{}
	}
	list := make([]float64, n)
	for i := range n {
		list[i] = float64(a[i].cpu) / float64(max(b[i].cpu, 1))
	}
	return ratio{median(list), slices.Min(list), slices.Max(list)}
}

// String implements fmt.Stringer.
func (r ratio) String() string {
	if r.median == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f (%.2f–%.2f)", r.median, r.low, r.high)
}

func (b *bench) printCases() {
	w := tabwriter.NewWriter(b.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "case\tserver\treq/s\tp50\tp99\tCPU/request\tus/floor\treference/us\t")
	for _, k := range cases {
		us, floor := b.runsOf(k.name, ours), b.runsOf(k.name, bare)
		for _, m := range b.measured {
			if m.kase != k.name {
				continue
			}
			ratios := "\t\t"
			if m.server == ours {
				ratios = fmt.Sprintf("%v\t%v\t", ratioOf(us, floor), ratioOf(b.runsOf(k.name, reference), us))
			}
			fmt.Fprintf(w, "%s\t%s\t%.0f\t%v\t%v\t%v\t%s\n", m.kase, m.server,
				median(each(m.runs, func(s sample) float64 { return s.rate })),
				short(median(each(m.runs, func(s sample) time.Duration { return s.p50 }))),
				short(median(each(m.runs, func(s sample) time.Duration { return s.p99 }))),
				short(median(each(m.runs, func(s sample) time.Duration { return s.cpu }))), ratios)
		}
	}
	w.Flush()
}

func (b *bench) runsOf(kase, server string) []sample {
	for _, m := range b.measured {
		if m.kase == kase && m.server == server {
			return m.runs
		}
	}
	return nil
}

func short(d time.Duration) time.Duration {
	if d < time.Millisecond {
		return d.Round(100 * time.Nanosecond)
	}
	return d.Round(10 * time.Microsecond)
}

func (b *bench) printProcesses() {
	w := tabwriter.NewWriter(b.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\nserver\tsetup\tfirst answer\tidle RSS\tidle PSS\tRSS after load\tPSS after load\t")
	slices.SortStableFunc(b.lives, func(x, y life) int { return cmp.Compare(y.server, x.server) })
	for _, l := range b.lives {
		fmt.Fprintf(w, "%s\t%s\t%v\t%s\t%s\t%s\t%s\t\n", l.server, l.setup, l.started.Round(100*time.Microsecond),
			megabytes(l.idle.rss), megabytes(l.idle.pss), megabytes(l.loaded.rss), megabytes(l.loaded.pss))
	}
	w.Flush()
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
