package sqlstore_test

import (
	"math"
	"testing"

	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// TestSQLiteText compares numbers with those that node:sqlite (SQLite 3.51)
// stored.
func TestSQLiteText(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0.0", math.Copysign(0, -1): "0.0", 5: "5.0", -5: "-5.0", 100: "100.0", 2.5: "2.5", 0.1: "0.1",
		1e14: "100000000000000.0", 1e15: "1.0e+15", 123456789012345: "123456789012345.0", 1234567890123456: "1.23456789012346e+15",
		999999999999999.9: "1.0e+15", 9007199254740991: "9.00719925474099e+15", 1e-4: "0.0001", 1e-5: "1.0e-05", 0.00012345: "0.00012345",
		1e21: "1.0e+21", 1.5e300: "1.5e+300", 1e-7: "1.0e-07", 1e-300: "1.0e-300", 1.0 / 3: "0.333333333333333", 2.0 / 3: "0.666666666666667",
		math.Inf(1): "Inf", math.Inf(-1): "-Inf",
	} {
		if got := sqlstore.SQLiteText(f); got != want {
			t.Errorf("%v: %q, want %q", f, got, want)
		}
	}
}
