package sqlstore

// Severity is the severity of a [Finding].
type Severity int

const (
	// Warning marks something that works today and may cause trouble later.
	Warning Severity = iota
	// Fatal marks something that fails or loses data: the server refuses to
	// start.
	Fatal
)

// String returns "warning" or, for Fatal, "error".
func (s Severity) String() string {
	if s == Fatal {
		return "error"
	}
	return "warning"
}

// MarshalText implements [encoding.TextMarshaler].
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Finding is one way in which a column of the database differs from what this
// server reads and writes: its type, length, nullability, default or the form of
// its values.
type Finding struct {
	Severity Severity `json:"severity"`
	Table    string   `json:"table"`
	Column   string   `json:"column,omitempty"`
	Problem  string   `json:"problem"`          // the difference and what fails because of it, as a full sentence
	Remedy   string   `json:"remedy,omitempty"` // the SQL statement or the setting that fixes it
	// Instead is a fix without the SQL of Remedy, such as an option to set.
	Instead string `json:"instead,omitempty"`
}

// Place returns the table and the column that the finding is about, as far as
// known.
func (f *Finding) Place() string {
	switch {
	case f.Table == "":
		return "the server"
	case f.Column == "":
		return f.Table
	}
	return f.Table + "." + f.Column
}
