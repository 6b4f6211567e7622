// Package store keeps rows. It knows models and fields, never users or SQL.
//
// Callers use [Store] and [TableOf], which speak in model and field names. A
// [Driver] sees resolved tables; drivers live in subpackages and are held to
// one behaviour by storetest.
package store

import (
	"context"
	"errors"
	"time"
)

// ErrNotFound reports that no row matched.
var ErrNotFound = errors.New("store: not found")

// ErrConflict reports that a unique field already holds the value.
var ErrConflict = errors.New("store: unique field already taken")

// ErrReference reports that a row refers to a row that does not exist, or that
// a row cannot go because others refer to it.
var ErrReference = errors.New("store: reference to a missing row")

// ErrRequired reports that a field that may not be null was written without a value.
var ErrRequired = errors.New("store: required field without a value")

// ErrDropped reports that a hook dropped a write (the reference's `return false`).
var ErrDropped = errors.New("store: write dropped by a hook")

// UnlessDropped is err, or nil where a hook dropped the write: for callers to
// whom a dropped write is no failure.
func UnlessDropped(err error) error {
	if errors.Is(err, ErrDropped) {
		return nil
	}
	return err
}

// UnlessGone is err, or nil where the row is not there any more or a hook dropped
// the write: for callers who go on in both cases.
func UnlessGone(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return UnlessDropped(err)
}

// ErrUnavailable reports that the database could not do its work now: it cannot
// be reached, does not answer in time, is shutting down, read-only or full. The
// same call may work later. Errors about the data itself, such as [ErrConflict],
// are not of this kind.
var ErrUnavailable = errors.New("store: the database is not available")

// ErrUnfit reports a value that its column can never hold, such as a text in a
// condition on a number. In a condition made by [Given] such a value is no
// error: it equals no row.
var ErrUnfit = errors.New("store: the value does not fit the column")

// Record is one row keyed by field name. An absent key and a nil value differ:
// nil is null. Values are string, bool, float64 (Number), time.Time in UTC with
// millisecond precision (Date), []any of string or float64 (arrays), and for
// JSON whatever js.Parse makes of it. Ids and references are strings,
// whatever their column's type. A Number with BigInt is a string when it comes
// from PostgreSQL, as in the reference.
//
// A value of another type is not refused when it is written: it goes to the
// engine in the form in which the reference's driver for that engine sends it.
// The engine then keeps it, converts it or answers an error, and a row may hold
// such a value afterwards: SQLite keeps the text "x" in an integer column and
// gives 5 back as "5.0" from a text column, memory keeps everything as it is.
// A text that is no date becomes [InvalidDate] in a Date field. A text written
// to a JSON field is taken for the document it spells; where it spells none, a
// driver that keeps JSON as text reads it as null and others refuse it.
// Conditions are stricter: see [Where].
type Record map[string]any

// Type is what a field holds.
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
// field attribute, turned so that the zero value is the common case.
type Field struct {
	Name     string
	Type     Type
	Enum     []string // allowed texts of a String field; a hint for schemas, not checked by the store
	Column   string   // column name; default: the field's name
	Optional bool     // may be null                        (required: false)
	Hidden   bool     // left out of responses              (returned: false)
	ReadOnly bool     // never taken from a client's request (input: false)
	Unique   bool
	Index    bool
	Sortable bool // MySQL: varchar(255) instead of text
	BigInt   bool // Number only: 64-bit column

	// Default gives the value of a row created without one; ctx carries the clock.
	Default func(ctx context.Context) any
	// SQLDefault is a literal default (string, bool or number). It is used as
	// Default when that is nil, and as get-migration.mjs does it becomes the
	// column's DEFAULT when the column is added to a table that exists already.
	SQLDefault any
	// OnUpdate gives the value of an updated row whose change does not set the field.
	OnUpdate func(ctx context.Context) any

	Ref *Ref

	// Need says what is written to a String field, for drivers that compare it
	// with a live column.
	Need Need

	// In and Out convert a value on its way to and from the driver (transform.input / .output).
	In, Out func(ctx context.Context, v any) (any, error)
}

// Need is what the calls of a model's owner write to a text field. Databases
// made by other tools bound their columns otherwise than ours.
type Need struct {
	AtLeast int  // characters that ordinary calls write: a shorter column fails them; 0 is unknown
	UpTo    int  // characters that values from outside may have: a shorter column fails now and then; 0 is unknown
	Always  bool // never null, although the field is Optional
	// Cut lets a driver shorten a text to what the column holds. It is for texts
	// that people read and nothing compares, such as a user agent.
	Cut bool
}

// Ref points at the field of another model.
type Ref struct{ Model, Field, OnDelete string } // OnDelete: "cascade" (default), "no action", "restrict", "set null", "set default"

// Model is a table as callers know it. The id is implied, and first.
type Model struct {
	Name      string // by which callers know it; a Schema has it as the key
	Table     string // table name; default: the model's name
	Fields    []Field
	Order     int  // DDL order: lower first, 0 last, as in the reference's getAuthTables
	NoMigrate bool // the reference's disableMigrations
	Indexes   []Index
	// Expires names the Date field that says when a row ends. Rows that have ended
	// are deleted now and then. Empty: rows stay.
	Expires string
}

// Index is an index over one or more fields.
type Index struct {
	Name   string // default: built as the reference builds it
	Fields []string
	Unique bool
}

// Schema is every model by name.
type Schema map[string]Model

// Op compares a field with a value.
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
	// HasCapitals is of a text that differs from its lower case, as the database
	// compares: never where case is ignored anyway. It looks at no value.
	HasCapitals Op = "has_capitals"
)

// Where is one condition. Conditions without Or form one AND group, those with
// Or one OR group; the two groups are ANDed. A text stands for the boolean,
// number or date that it spells; a value that the field's type excludes is
// [ErrUnfit], unless Given says that a client chose it.
type Where struct {
	Field string
	Op    Op // empty: Eq
	Value any
	Or    bool
	Fold  bool // ignore case
	// Given marks a value that a client sent and nobody has checked. One that the
	// column cannot hold equals no row then. Any other value comes from our own
	// rows or code, where such a misfit means that the database and the options
	// disagree: an empty result would hide that.
	Given bool
}

// Is is the condition that field equals value, which comes from a row or from
// the program. See [Given] for values that a client sent.
func Is(field string, value any) Where { return Where{Field: field, Op: Eq, Value: value} }

// Given is the condition that field equals a value that a client sent: one that
// the column cannot hold is found nowhere, where [Is] reports [ErrUnfit].
func Given(field string, value any) Where {
	return Where{Field: field, Op: Eq, Value: value, Given: true}
}

// Query selects rows of a model.
type Query struct {
	Where  []Where
	Sort   string // field name; "-createdAt" sorts down
	Limit  int    // 0 means Options.FindLimit
	Offset int
	// Fields are those that the rows are wanted with; nil means all. The id and the
	// fields of Where and Sort are there too.
	Fields []string
	Join   string // a field of the model with a Ref: the row it points at is put under the Ref's model name, nil when there is none
}

// Change is what an update does to a row: Set assigns, Add counts up or down.
type Change struct {
	Set Record
	Add map[string]int64
}

// IDKind is how a database makes and keeps ids (advanced.database.generateId).
type IDKind string

// The kinds of ids.
const (
	TextID   IDKind = ""       // made here, kept as text
	UUID     IDKind = "uuid"   // made here or by PostgreSQL, kept as uuid where there is one
	SerialID IDKind = "serial" // made by the database
	NoID     IDKind = "none"   // generateId false: left to the database's own default
)

// TableSchema is a model resolved to physical names; drivers may cache by its pointer.
type TableSchema struct {
	Model     string
	Name      string
	ID        IDKind
	Columns   []Column // id first
	Order     int
	NoMigrate bool
	Indexes   []Index

	hidden map[string]bool // names of the columns that clients never see
}

// Column is one column of a [TableSchema].
type Column struct {
	Field                 // Field.Name is the record key
	Physical string       // column name
	IsID     bool         // the primary key
	RefTable *TableSchema // resolved Field.Ref, or nil
}

// Select is a Query resolved for a driver: fields are still field names, to be
// looked up in the tables' columns.
type Select struct {
	Where  []Where
	Sort   string
	Down   bool
	Limit  int // always > 0
	Offset int
	Join   *Join
}

// Join asks for the row of Table whose RefField equals the row's Field, under the key As.
type Join struct {
	Field    string
	Table    *TableSchema
	RefField string
	As       string
}

// Driver talks to one database. Records are keyed by field name; t maps them to
// columns. The methods whose name ends in One change at most one row,
// atomically, and return it or ErrNotFound. Insert returns the row as stored
// (id and database defaults included), or ErrConflict, ErrReference, ErrRequired.
type Driver interface {
	Insert(ctx context.Context, t *TableSchema, row Record) (Record, error)
	Select(ctx context.Context, t *TableSchema, q Select) ([]Record, error)
	Count(ctx context.Context, t *TableSchema, where []Where) (int64, error)
	UpdateOne(ctx context.Context, t *TableSchema, where []Where, c Change) (Record, error)
	UpdateMany(ctx context.Context, t *TableSchema, where []Where, c Change) (int64, error)
	DeleteOne(ctx context.Context, t *TableSchema, where []Where) (Record, error)
	DeleteMany(ctx context.Context, t *TableSchema, where []Where) (int64, error)

	// Tx runs fn in a transaction that the context passed to fn carries.
	// Inside a transaction it just runs fn.
	Tx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Hooks run around the writes of one model, in the order they were registered.
// A before hook may return a change that is merged into the row, or ErrDropped
// to drop the write. After hooks wait for the commit.
type Hooks struct {
	Source       string // "user" or "plugin:<id>", for logs
	BeforeCreate func(ctx context.Context, row Record) (Record, error)
	AfterCreate  func(ctx context.Context, row Record) error
	BeforeUpdate func(ctx context.Context, change Record) (Record, error)
	AfterUpdate  func(ctx context.Context, row Record) error // nil when Update found no row
	// AfterUpdateMany hears of UpdateMany, for which there are no rows to tell of.
	AfterUpdateMany func(ctx context.Context, count int64) error
	BeforeDelete    func(ctx context.Context, row Record) error
	AfterDelete     func(ctx context.Context, row Record) error
}

// Options makes a Store.
type Options struct {
	Driver Driver
	Schema Schema
	Hooks  map[string][]Hooks // by model
	IDs    IDKind
	// NewID makes the id of a new row of model; ok false leaves it to the database.
	NewID func(ctx context.Context, model string) (id string, ok bool)
	Now   func(ctx context.Context) time.Time
	// FindLimit is the number of rows of a Query without Limit; 0 means 100
	// (advanced.database.defaultFindManyLimit).
	FindLimit int
	// Casing is accepted and changes nothing: the reference declares
	// database.casing and reads it nowhere, so its tables keep their names.
	Casing string
	// UsePlural is unused by SQL drivers of the reference and kept out on purpose.
}
