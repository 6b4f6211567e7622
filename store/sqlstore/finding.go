package sqlstore

// Severity says how bad a [Finding] is.
type Severity int

const (
	// Warning marks what works today and will surprise somebody later.
	Warning Severity = iota
	// Fatal marks what fails or loses data: the server refuses to start.
	Fatal
)

// Finding is one way in which a live column differs from what this server
// reads and writes: its type, width, nullability, default or the form of its
// values.
type Finding struct {
	Severity Severity
	Table    string
	Column   string
	Problem  string // what is there, and what will fail because of it; a full sentence
	Remedy   string // the SQL statement or the setting that mends it
}
