// Package store reads and writes rows in a database. It deals in models and
// fields: it knows nothing of users or sessions, and only its drivers know SQL.
//
// A program opens a driver, describes its tables as a [Schema] and calls [New].
// [Store] takes and returns rows as a [Record]; [TableOf] gives typed access:
//
//	driver, err := sqlstore.Open(ctx, "sqlite:auth.db")
//	s, err := store.New(store.Options{Driver: driver, Schema: schema, …})
//	row, err := s.Get(ctx, "user", store.Is("email", email))
//
// A [Driver] gets tables resolved to physical names. The drivers are in
// subpackages; package storetest checks that they all behave alike.
package store

// Of this module, this package imports only js and secret.

import (
	"context"
	"errors"
	"time"
)

// ErrNotFound reports that no row matched.
var ErrNotFound = errors.New("store: not found")

// ErrConflict reports that a unique field already holds the value.
var ErrConflict = errors.New("store: unique field already taken")

// ErrChanged reports that a row is no longer the one that was read.
var ErrChanged = errors.New("store: the row has changed")

// ErrReference reports that a row refers to a row that does not exist, or that
// a row cannot go because others refer to it.
var ErrReference = errors.New("store: reference to a missing row")

// ErrRequired reports that a required field was written without a value.
var ErrRequired = errors.New("store: required field without a value")

// ErrDropped reports that a hook rejected a write (`return false` in the
// reference).
var ErrDropped = errors.New("store: write dropped by a hook")

// UnlessDropped returns nil if err is ErrDropped, and err otherwise. It is for
// callers that do not treat a dropped write as a failure.
func UnlessDropped(err error) error {
	if errors.Is(err, ErrDropped) {
		return nil
	}
	return err
}

// UnlessGone returns nil if err is ErrNotFound or ErrDropped, and err otherwise.
// It is for callers that continue when the row no longer exists or a hook
// dropped the write.
func UnlessGone(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return UnlessDropped(err)
}

// ErrUnavailable reports that the database cannot work at the moment: it is
// unreachable, does not answer in time, is shutting down, read-only or full. The
// same call may succeed later. Errors about the data itself, such as
// [ErrConflict], are not of this kind.
var ErrUnavailable = errors.New("store: the database is not available")

// ErrUnfit reports a value that its column can never hold, such as a text in a
// condition on a number. In a condition made by [Given], such a value is not an
// error: it equals no row.
var ErrUnfit = errors.New("store: the value does not fit the column")

// Record is one row, keyed by field name. An absent key and a nil value differ:
// nil is null. Values are string, bool, float64 (Number), time.Time in UTC with
// millisecond precision (Date), []any of string or float64 (arrays), and for
// JSON the values that js.Parse returns. Ids and references are strings,
// whatever the type of their column. A Number with BigInt is a string when it
// comes from PostgreSQL, as in the reference.
//
// Writing a value of another type is not an error in itself: the driver sends it
// to the database in the form that the reference's driver sends. The database
// then keeps it, converts it or reports an error, so a row may hold such a value
// afterwards: SQLite keeps the text "x" in an integer column and returns 5 as
// "5.0" from a text column; memstore keeps everything unchanged. A text that is
// not a date becomes [InvalidDate] in a Date field. A text written to a JSON
// field is parsed as a JSON document; if it is not valid JSON, a driver that
// keeps JSON as text reads it as null and the others reject it. Conditions are
// stricter: see [Where].
type Record map[string]any

// Type is the type of a field.
type Type string

// The types of the reference's field attributes.
const (
	String      Type = "string"
	Number      Type = "number"
	Boolean     Type = "boolean"
	Date        Type = "date"
	JSON        Type = "json"
	StringArray Type = "string[]"
	NumberArray Type = "number[]"
)

// Field describes one field of a model. Its options are those of a Better Auth
// field attribute; some are inverted so that the zero value is the common case.
type Field struct {
	Name     string
	Type     Type
	Enum     []string // allowed texts of a String field; a hint for schemas that the store does not check
	Column   string   // column name; default: the field's name
	Optional bool     // may be null                         (required: false)
	Hidden   bool     // left out of responses               (returned: false)
	ReadOnly bool     // never taken from a client's request (input: false)
	Unique   bool
	Index    bool
	Sortable bool // MySQL: varchar(255) instead of text
	BigInt   bool // Number only: 64-bit column

	// Default returns the value for a row that is created without one; ctx
	// carries the clock.
	Default func(ctx context.Context) any
	// SQLDefault is a literal default (string, bool or number). It is used as the
	// Default if that is nil. As in get-migration.mjs, it becomes the column's
	// DEFAULT when the column is added to an existing table.
	SQLDefault any
	// OnUpdate returns the value for an update that does not set the field.
	OnUpdate func(ctx context.Context) any

	Ref *Ref

	// Holds says what the value is, where that decides what happens to a row when its
	// user is exported or erased.
	Holds Holding

	// Need describes the values written to a String field. Drivers compare it with
	// the column of an existing database.
	Need Need

	// In and Out convert a value on its way to and from the driver
	// (transform.input and .output).
	In, Out func(ctx context.Context, v any) (any, error)
}

// Holding is the meaning of a value for the export and the erasure of users. A
// [Ref] to users needs none, and a Hidden text counts as a secret.
type Holding string

// The holdings.
const (
	HoldsUser    Holding = "user"    // the id of a user, without a reference in the database
	HoldsAddress Holding = "address" // an e-mail address or a phone number
	HoldsSecret  Holding = "secret"  // a secret or a hash, which an export leaves out
)

// Need describes the values that a model's owner writes to a text field. Databases
// made by other tools have other column lengths than ours.
type Need struct {
	AtLeast int  // length that ordinary calls write: they all fail with a shorter column; 0 is unknown
	UpTo    int  // length that outside values may reach: some calls fail with a shorter column; 0 is unknown
	Always  bool // never null, even if the field is Optional
	// Cut lets a driver shorten a text to the length of the column. It is for texts
	// that people read and that nothing compares, such as a user agent.
	Cut bool
}

// Ref points at a field of another model.
type Ref struct{ Model, Field, OnDelete string } // OnDelete: "cascade" (default), "no action", "restrict", "set null", "set default"

// Model describes a table in model and field names. The field id is implied and
// comes first.
type Model struct {
	Name      string // name used by callers; the key in a Schema
	Table     string // table name; default: the model's name
	Fields    []Field
	Order     int  // order of creation: lower first, 0 last, as in the reference's getAuthTables
	NoMigrate bool // the reference's disableMigrations
	Indexes   []Index
	// Expires is the Date field that says when a row expires. Expired rows are
	// deleted by a periodic sweep. Empty: rows are kept.
	Expires string
	// Linger is how long the sweep leaves an expired row, so that a client that asks
	// late is told that it has expired.
	Linger time.Duration
}

// Index is a database index over one or more fields.
type Index struct {
	Name   string // default: built as the reference builds it
	Fields []string
	Unique bool
	// Extra marks an index that the reference does not have and that only makes
	// queries of large tables fast. A migration leaves it out where a column cannot
	// be indexed as it is, or where another index begins with the same columns. It
	// never causes an error and does not change the type of a column.
	Extra bool
}

// Schema holds all models by name.
type Schema map[string]Model

// Op is the comparison of a condition.
type Op string

// The operators of a condition.
const (
	Eq         Op = "eq"
	Ne         Op = "ne"
	Lt         Op = "lt"
	Lte        Op = "lte"
	Gt         Op = "gt"
	Gte        Op = "gte"
	In         Op = "in"
	NotIn      Op = "not_in"
	Contains   Op = "contains"
	StartsWith Op = "starts_with"
	EndsWith   Op = "ends_with"
	// HasCapitals matches a text that differs from its lower case, as the database
	// compares: it matches nothing if the database ignores case. Value is not used.
	HasCapitals Op = "has_capitals"
)

// Where is one condition. Conditions without Or form one AND group, those with
// Or one OR group; both groups must hold. A text is converted to the boolean,
// number or date that it spells; a value that the field's type excludes gives
// [ErrUnfit], unless Given says that it comes from a client.
type Where struct {
	Field string
	Op    Op // default: Eq
	Value any
	Or    bool
	Fold  bool // ignore case
	// Exact lets a text equal only itself, also where the database ignores case or
	// trailing spaces. It has an effect with Eq.
	Exact bool
	// Given marks an unchecked value from a client. If the column cannot hold it,
	// it equals no row. A misfit in any other value means that the database and
	// the options disagree, because the value comes from our own rows or code: it
	// is an error, since an empty result would hide the problem.
	Given bool
}

// Is returns the condition that field equals value. The value comes from a row
// or from the program; use [Given] for values from a client.
func Is(field string, value any) Where { return Where{Field: field, Op: Eq, Value: value} }

// Given returns the condition that field equals a value sent by a client. If the
// column cannot hold the value, no row matches; [Is] gives ErrUnfit in that case.
func Given(field string, value any) Where {
	return Where{Field: field, Op: Eq, Value: value, Given: true}
}

// Version is the field under which a [Query] with Version returns the version of a row.
const Version = "$version"

// MaxJoins is the largest number of joined rows of a query.
const MaxJoins = 3

// Beside selects the row of a model whose unique Field has a value. There is none if the
// column cannot hold the value.
type Beside struct {
	Model, Field string
	Value        any
}

// Query selects rows of a model.
type Query struct {
	Where  []Where
	Sort   string // field name; "-createdAt" sorts in descending order
	Limit  int    // 0 means Options.FindLimit
	Offset int
	// Fields selects the fields to read; nil means all. The id and the fields of
	// Where and Sort are always included.
	Fields []string
	// Join selects fields with a Ref: each row that one refers to is read in the same
	// query and returned under the Ref's model name, nil if there is none.
	Join []string
	// Beside selects rows of other models, which are read in the same query and
	// returned under their models' names, nil if there is none. Together with Join at
	// most [MaxJoins].
	Beside []Beside
	// Version also reads the version of each row: a text that differs after every change
	// of the row, also one that another program made. PostgreSQL and memstore have
	// versions; without one the field is absent. There can be no joined rows then.
	Version bool
}

// Change is the effect of an update on a row: Set assigns, Add counts up or down.
type Change struct {
	Set Record
	Add map[string]int64
}

// IDKind says how a database makes and keeps ids (advanced.database.generateId).
type IDKind string

// The kinds of ids.
const (
	TextID   IDKind = ""       // made by Options.NewID, kept as text
	UUID     IDKind = "uuid"   // made by Options.NewID or PostgreSQL, kept in a uuid column if the database has that type
	SerialID IDKind = "serial" // made by the database
	NoID     IDKind = "none"   // generateId false: left to the column's own default
)

// TableSchema is a model resolved to physical names. Drivers may cache by its
// pointer.
type TableSchema struct {
	Model     string
	Name      string
	ID        IDKind
	Columns   []Column // id first
	Order     int
	NoMigrate bool
	Indexes   []Index

	hidden map[string]bool // columns that are never sent to clients
}

// Column is one column of a [TableSchema].
type Column struct {
	Field                 // Field.Name is the key in a Record
	Physical string       // column name
	IsID     bool         // the primary key
	RefTable *TableSchema // resolved Field.Ref, or nil
}

// Select is a Query resolved for a driver. It still uses field names; the driver
// looks them up in the tables' columns.
type Select struct {
	Where  []Where
	Sort   string
	Down   bool
	Limit  int // always > 0
	Offset int
	Join   []Join
	// Version asks for the version of each row under [Version], where there is one.
	// There are no joins then.
	Version bool
}

// Join adds, under the key As, the row of Table whose RefField equals the row's
// Field, or, without Field, the row that Where selects.
type Join struct {
	Field    string
	Table    *TableSchema
	RefField string
	Where    []Where
	As       string
}

// Driver is the connection to one database. Records are keyed by field name; t
// maps them to columns. The methods whose name ends in One change at most one
// row, atomically, and return it or ErrNotFound. Insert returns the row as stored
// (with its id and database defaults), or ErrConflict, ErrReference, ErrRequired.
type Driver interface {
	Insert(ctx context.Context, t *TableSchema, row Record) (Record, error)
	Select(ctx context.Context, t *TableSchema, q Select) ([]Record, error)
	Count(ctx context.Context, t *TableSchema, where []Where) (int64, error)
	UpdateOne(ctx context.Context, t *TableSchema, where []Where, c Change) (Record, error)
	UpdateMany(ctx context.Context, t *TableSchema, where []Where, c Change) (int64, error)
	DeleteOne(ctx context.Context, t *TableSchema, where []Where) (Record, error)
	DeleteMany(ctx context.Context, t *TableSchema, where []Where) (int64, error)
	// TakeMany deletes every row that matches and returns them. Of concurrent calls
	// exactly one returns a row.
	TakeMany(ctx context.Context, t *TableSchema, where []Where) ([]Record, error)
	// Group makes all writes of g, or none and returns the error of the first that
	// fails. It is ErrNotFound if the change of g matches no row.
	Group(ctx context.Context, g Writes) error

	// Tx runs fn in a transaction, which the context passed to fn carries. Within
	// a transaction it only calls fn.
	Tx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Hooks run around the writes of one model, in the order of registration. A
// before hook may return a change that is merged into the row, or ErrDropped to
// drop the write. After hooks run after the commit.
type Hooks struct {
	Source       string // "user" or "plugin:<id>", for the log
	BeforeCreate func(ctx context.Context, row Record) (Record, error)
	AfterCreate  func(ctx context.Context, row Record) error
	BeforeUpdate func(ctx context.Context, change Record) (Record, error)
	AfterUpdate  func(ctx context.Context, row Record) error // nil if Update found no row
	// AfterUpdateMany runs after UpdateMany, with the number of changed rows.
	AfterUpdateMany func(ctx context.Context, count int64) error
	BeforeDelete    func(ctx context.Context, row Record) error
	AfterDelete     func(ctx context.Context, row Record) error
}

// Options configures a Store.
type Options struct {
	Driver Driver
	Schema Schema
	Hooks  map[string][]Hooks // by model name
	IDs    IDKind
	// NewID returns the id of a new row of model; with ok false the database
	// makes it.
	NewID func(ctx context.Context, model string) (id string, ok bool)
	Now   func(ctx context.Context) time.Time
	// FindLimit is the number of rows of a Query without Limit; 0 means 100
	// (advanced.database.defaultFindManyLimit).
	FindLimit int
	// TablePrefix begins the name of every table, also of one that has a name of its
	// own, so that several servers can use one database. At most 32 letters, digits
	// and underscores.
	TablePrefix string
	// Casing is accepted and has no effect: the reference declares database.casing
	// but never reads it, so its tables keep their names.
	Casing string
	// There is no UsePlural: the SQL drivers of the reference do not use it.
}
