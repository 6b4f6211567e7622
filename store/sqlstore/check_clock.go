package sqlstore

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

const (
	// ahead is the tolerated difference between the clocks of two servers.
	ahead = 10 * time.Minute
	// zoneStep is the unit of time zone offsets.
	zoneStep = 15 * time.Minute
	// together is the tolerated difference between two clock readings of one
	// insert.
	together = 2 * time.Second
)

// CheckClock finds rows that are hours ahead of now, and rows whose createdAt and
// updatedAt differ by whole hours. Both are signs of a program that writes the
// wall clock of another time zone. Its findings are warnings.
func (d *DB) CheckClock(ctx context.Context, tables []*store.TableSchema, now time.Time) ([]Finding, error) {
	live, err := d.visible(ctx)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: inspect: %w", err)
	}
	var out []Finding
	for _, t := range tables {
		created, updated := t.Column("createdAt"), t.Column("updatedAt")
		if created == nil || created.Type != store.Date || !hasAll(live.Table(t.Name), t) {
			continue
		}
		rows, err := d.Select(ctx, t, store.Select{Sort: "createdAt", Down: true, Limit: 200})
		if err != nil {
			return nil, err
		}
		if by := furthest(rows, now); by > ahead {
			out = append(out, d.zoneFinding(t, created, fmt.Sprintf("The newest row was created %s from now.", hours(by))))
		}
		if updated == nil || updated.Type != store.Date {
			continue
		}
		if by, n := apart(rows); n > 0 {
			out = append(out, d.zoneFinding(t, updated, fmt.Sprintf("%d of the newest %d rows have an updatedAt that is %s from createdAt.", n, len(rows), hours(by))))
		}
	}
	return out, nil
}

func (d *DB) zoneFinding(t *store.TableSchema, c *store.Column, problem string) Finding {
	mend := "let every program that writes to the database run with TZ=UTC"
	switch d.dialect {
	case MySQL:
		mend += ", or set the time zone of the others in the address: timezone=local, Z or +02:00"
	case Postgres:
		mend += ", and give the column the type timestamptz"
	}
	return Finding{Severity: Warning, Table: t.Name, Column: c.Physical,
		Problem: problem + " A program that writes here may use the wall clock of another time zone: its sessions end hours too early or too late.",
		Remedy:  mend + " (docs/operations.md, Time zones)"}
}

func furthest(rows []store.Record, now time.Time) time.Duration {
	for _, row := range rows {
		if at, ok := row["createdAt"].(time.Time); ok {
			return at.Sub(now)
		}
	}
	return 0
}

// apart returns the time zone offset by which createdAt and updatedAt of several
// rows differ. Real updates are not whole hours later.
func apart(rows []store.Record) (by time.Duration, n int) {
	counts := map[time.Duration]int{}
	for _, row := range rows {
		created, ok := row["createdAt"].(time.Time)
		updated, ok2 := row["updatedAt"].(time.Time)
		if !ok || !ok2 {
			continue
		}
		diff := updated.Sub(created)
		step := diff.Round(zoneStep)
		if (diff-step).Abs() <= together && step.Abs() >= 2*zoneStep && step.Abs() <= 14*time.Hour {
			counts[step]++
		}
	}
	for step, c := range counts {
		if c >= 2 && 4*c >= len(rows) && c > n {
			by, n = step, c
		}
	}
	return by, n
}

// hours formats a duration as "+2:30 h".
func hours(d time.Duration) string {
	sign := "+"
	if d < 0 {
		sign = "-"
	}
	minutes := int(d.Abs().Minutes())
	return fmt.Sprintf("%s%d:%02d h", sign, minutes/60, minutes%60)
}
