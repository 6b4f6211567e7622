package sqlstore

// Severity says how bad a [Finding] is.
type Severity int

const (
	// Warning marks what works today and will surprise somebody later.
	Warning Severity = iota
	// Fatal marks what fails or loses data: the server refuses to start.
	Fatal
)

// String is the word that people read.
func (s Severity) String() string {
	if s == Fatal {
		return "error"
	}
	return "warning"
}

// MarshalText implements [encoding.TextMarshaler].
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Finding is one way in which a live column differs from what this server
// reads and writes: its type, width, nullability, default or the form of its
// values.
type Finding struct {
	Severity Severity `json:"severity"`
	Table    string   `json:"table"`
	Column   string   `json:"column,omitempty"`
	Problem  string   `json:"problem"`          // what is there, and what will fail because of it; a full sentence
	Remedy   string   `json:"remedy,omitempty"` // the SQL statement or the setting that mends it
	// Instead is what mends it without the SQL of Remedy, such as an option to set.
	Instead string `json:"instead,omitempty"`
}

// Place is the table and the column, as far as the finding is about one.
func (f *Finding) Place() string {
	switch {
	case f.Table == "":
		return "the server"
	case f.Column == "":
		return f.Table
	}
	return f.Table + "." + f.Column
}
