package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// Statements outside transactions take a connection from the pool of database/sql on
// PostgreSQL, but pgx itself runs them. The rows of database/sql cost a goroutine and
// a func per column for each query, about a third of the time of reading a session.

// binaryResults names the types that the server sends in binary form, as package
// stdlib of pgx requests them. All others arrive as texts.
var binaryResults = pgx.QueryResultFormatsByOID{
	pgtype.BoolOID:        pgx.BinaryFormatCode,
	pgtype.ByteaOID:       pgx.BinaryFormatCode,
	pgtype.DateOID:        pgx.BinaryFormatCode,
	pgtype.Float4OID:      pgx.BinaryFormatCode,
	pgtype.Float8OID:      pgx.BinaryFormatCode,
	pgtype.Int2OID:        pgx.BinaryFormatCode,
	pgtype.Int4OID:        pgx.BinaryFormatCode,
	pgtype.Int8OID:        pgx.BinaryFormatCode,
	pgtype.TimestampOID:   pgx.BinaryFormatCode,
	pgtype.TimestamptzOID: pgx.BinaryFormatCode,
}

// runsInPgx reports whether pgx itself runs the statements of ctx: outside a transaction,
// on a connection that this package opened.
func (d *DB) runsInPgx(ctx context.Context) bool {
	return d.dialect == Postgres && d.link != nil && d.held(ctx) == nil
}

// scanPgx runs a query and calls row with the cells of every row, in the types of
// database/sql's drivers. The slice is reused for the next row.
func (d *DB) scanPgx(ctx context.Context, s *source, st statement, row func(cells []any) error) error {
	return d.inPgx(ctx, s, st, func(pg *pgx.Conn) error {
		rows, err := pg.Query(ctx, st.text, slices.Insert(slices.Clone(d.arguments(nil, st)), 0, any(binaryResults))...)
		if err != nil {
			return err
		}
		return eachRow(pg.TypeMap(), rows, row)
	})
}

// execPgx runs a statement that returns no rows.
func (d *DB) execPgx(ctx context.Context, s *source, st statement) (res sql.Result, err error) {
	err = d.inPgx(ctx, s, st, func(pg *pgx.Conn) error {
		tag, err := pg.Exec(ctx, st.text, d.arguments(nil, st)...)
		res = driver.RowsAffected(tag.RowsAffected())
		return err
	})
	return res, err
}

// inPgx calls run with a connection of the pool. The error is [driver.ErrBadConn] if
// nothing was sent to the server.
func (d *DB) inPgx(ctx context.Context, s *source, st statement, run func(pg *pgx.Conn) error) error {
	d.trace(ctx, st)
	c, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	return c.Raw(func(conn any) error {
		err := run(conn.(postgresConn).Conn.Conn())
		if err != nil && pgconn.SafeToRetry(err) {
			return driver.ErrBadConn
		}
		return err
	})
}

func eachRow(m *pgtype.Map, rows pgx.Rows, row func(cells []any) error) error {
	defer rows.Close()
	var cells []any
	for rows.Next() {
		fields, raw := rows.FieldDescriptions(), rows.RawValues()
		cells = slices.Grow(cells[:0], len(raw))[:len(raw)]
		for i := range raw {
			var err error
			if cells[i], err = pgCell(m, &fields[i], raw[i]); err != nil {
				return err
			}
		}
		if err := row(cells); err != nil {
			return err
		}
	}
	return rows.Err()
}

// epoch2000 is the start of PostgreSQL's binary times, in microseconds since 1970.
const epoch2000 = 946684800_000000

// pgCell converts a value to the type that package stdlib of pgx gives it.
func pgCell(m *pgtype.Map, f *pgconn.FieldDescription, raw []byte) (any, error) {
	switch {
	case raw == nil:
		return nil, nil
	case f.Format == pgx.TextFormatCode:
	case f.DataTypeOID == pgtype.BoolOID && len(raw) == 1:
		return raw[0] == 1, nil
	case f.DataTypeOID == pgtype.Int4OID && len(raw) == 4:
		return int64(int32(binary.BigEndian.Uint32(raw))), nil
	case f.DataTypeOID == pgtype.Int8OID && len(raw) == 8:
		return int64(binary.BigEndian.Uint64(raw)), nil
	case (f.DataTypeOID == pgtype.TimestamptzOID || f.DataTypeOID == pgtype.TimestampOID) && len(raw) == 8:
		// The smallest and the largest number stand for the infinite times.
		if n := int64(binary.BigEndian.Uint64(raw)); n > math.MinInt64 && n < math.MaxInt64-epoch2000 {
			return time.UnixMicro(n + epoch2000).UTC(), nil
		}
	}
	return pgScanned(m, f, raw)
}

// pgScanned converts the rarer types and forms.
func pgScanned(m *pgtype.Map, f *pgconn.FieldDescription, raw []byte) (any, error) {
	scan := func(to any) error { return m.Scan(f.DataTypeOID, f.Format, raw, to) }
	valuer := func(to driver.Valuer) (any, error) {
		if err := scan(to); err != nil {
			return nil, err
		}
		return to.Value()
	}
	switch f.DataTypeOID {
	case pgtype.BoolOID:
		var v bool
		err := scan(&v)
		return v, err
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID:
		var v int64
		err := scan(&v)
		return v, err
	case pgtype.Float4OID, pgtype.Float8OID:
		var v float64
		err := scan(&v)
		return v, err
	case pgtype.CIDOID, pgtype.OIDOID, pgtype.XIDOID:
		return valuer(&pgtype.Uint32{})
	case pgtype.DateOID:
		return valuer(&pgtype.Date{})
	case pgtype.TimestampOID:
		return valuer(&pgtype.Timestamp{})
	case pgtype.TimestamptzOID:
		return valuer(&pgtype.Timestamptz{})
	case pgtype.ByteaOID:
		var v []byte
		err := scan(&v)
		return v, err
	}
	var v string
	err := scan(&v)
	return v, err
}
