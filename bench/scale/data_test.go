package scale

import "testing"

func TestSize(t *testing.T) {
	d, err := New(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if d.Users != 1_000_000 || d.Sessions != 100_000 || d.Organizations != 10_000 || d.Keys != 1_000_000 {
		t.Errorf("full size: %+v", d)
	}
	if _, err := New(0.001, 1); err == nil {
		t.Error("a size at which the largest organization has no room was accepted")
	}
}

// Rows must be unique where the tables demand it, or where two rows would be one.
func TestRows(t *testing.T) {
	d, _ := New(0.01, 7)
	for _, table := range d.tables() {
		seen := map[string]int{}
		for n := range table.rows {
			row := table.row(n)
			if len(row) != len(table.columns) {
				t.Fatalf("%s: %d values for %d columns", table.name, len(row), len(table.columns))
			}
			key := row[0].(string)
			if table.name == "member" {
				key = row[1].(string) + row[2].(string)
			}
			if other, twice := seen[key]; twice {
				t.Fatalf("%s: the rows %d and %d are the same", table.name, other, n)
			}
			seen[key] = n
		}
	}
	if d.Members(0) != Largest || d.Members(1) != Middle || d.members() < Largest+Middle {
		t.Errorf("members: %d, %d, in all %d", d.Members(0), d.Members(1), d.members())
	}
}

func TestSeed(t *testing.T) {
	a, _ := New(0.01, 7)
	same, _ := New(0.01, 7)
	other, _ := New(0.01, 8)
	if a.Token(5) != same.Token(5) || a.Key(5) != same.Key(5) || a.Email(5) != same.Email(5) {
		t.Error("the same seed gives other rows")
	}
	if a.Token(5) == other.Token(5) || a.UserID(5) == a.UserID(6) || a.UserID(5) == a.Token(5) {
		t.Error("different rows have the same values")
	}
}
