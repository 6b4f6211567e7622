package auth

import (
	"bufio"
	"context"
	"errors"
	"io"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The form of an export. The version changes when a program that reads it would have to.
const (
	ExportFormat  = "betterauth-user-export"
	ExportVersion = 1
)

// Export writes everything that is stored about a user as one JSON document, a page of rows at a time. Secrets and
// hashes are replaced by "set". The error is store.ErrNotFound if there is no such user. docs/privacy.md describes the
// document.
func (a *Auth) Export(ctx context.Context, id string, to io.Writer) error {
	p, err := a.person(ctx, id)
	if err != nil {
		return err
	}
	out := &jsonWriter{w: bufio.NewWriter(to)}
	out.begin("{")
	out.member("format", ExportFormat)
	out.member("version", float64(ExportVersion))
	out.member("exportedAt", a.now(ctx))
	out.member("user", exported(a.Store.Table("user"), p.User.Record()))
	out.open("tables", "{")
	for _, t := range a.PersonalTables() {
		out.open(t.Model, "[")
		if about := t.rows(p); len(about) > 0 {
			if err := a.eachRow(ctx, t.Model, about, func(row store.Record) error { return out.item(exported(t.table, row)) }); err != nil {
				return err
			}
		}
		out.close("]")
	}
	out.close("}")
	if err := a.exportSessions(ctx, p, out); err != nil {
		return err
	}
	out.open("singleUseValues", "[")
	err = a.eachValue(ctx, p, func(row store.Record) error {
		return out.item(js.Obj("purpose", purpose(row.Text("identifier"), p), "createdAt", row["createdAt"], "expiresAt", row["expiresAt"], "value", "set"))
	})
	if err != nil {
		return err
	}
	out.close("]")
	out.open("other", "{")
	for _, part := range a.personal {
		if part.Export == nil {
			continue
		}
		out.open(part.Name, "[")
		if err := part.Export(ctx, p, out.item); err != nil {
			return err
		}
		out.close("]")
	}
	out.close("}")
	out.close("}\n")
	return errors.Join(out.err, out.w.Flush())
}

// exportSessions writes the sessions that are only in secondary storage.
func (a *Auth) exportSessions(ctx context.Context, p Person, out *jsonWriter) error {
	if a.Sessions.InDatabase() {
		return nil
	}
	sessions, err := a.Sessions.Of(ctx, p.User.ID)
	if err != nil {
		return err
	}
	out.open("sessionsInSecondaryStorage", "[")
	for _, s := range sessions {
		if err := out.item(exported(a.Store.Table("session"), s.Record())); err != nil {
			return err
		}
	}
	out.close("]")
	return nil
}

// exported returns a row as an export shows it: in the order of the columns, without secrets.
func exported(t *store.TableSchema, row store.Record) *js.Object {
	o := js.NewObject()
	for i := range t.Columns {
		c := &t.Columns[i]
		v, ok := row[c.Name]
		if !ok {
			continue
		}
		if text, isText := v.(string); isSecret(c) && v != nil && (!isText || text != "") {
			v = "set"
		}
		o.Set(c.Name, v)
	}
	return o
}

// isSecret reports whether an export leaves the value of a column out. Dates, numbers and references are no secrets.
func isSecret(c *store.Column) bool {
	if c.Holds == store.HoldsSecret {
		return true
	}
	return c.Hidden && c.Ref == nil && c.Holds == "" && (c.Type == store.String || c.Type == store.JSON || c.Type == store.StringArray)
}

// jsonWriter writes a document in pieces. The first error stops it.
type jsonWriter struct {
	w     *bufio.Writer
	depth int
	comma bool // a value precedes on this level
	err   error
}

func (j *jsonWriter) text(s string) {
	if j.err == nil {
		_, j.err = j.w.WriteString(s)
	}
}

// line begins the next value.
func (j *jsonWriter) line() {
	if j.comma {
		j.text(",")
	}
	j.text("\n")
	for range j.depth {
		j.text("  ")
	}
	j.comma = true
}

func (j *jsonWriter) begin(bracket string) {
	j.text(bracket)
	j.depth++
	j.comma = false
}

func (j *jsonWriter) open(name, bracket string) {
	j.line()
	j.text(string(js.Marshal(name)) + ": ")
	j.begin(bracket)
}

func (j *jsonWriter) close(bracket string) {
	j.depth--
	if j.comma {
		j.comma = false
		j.line()
	}
	j.comma = true
	j.text(bracket)
}

func (j *jsonWriter) member(name string, v any) {
	j.line()
	j.text(string(js.Marshal(name)) + ": " + string(js.Marshal(v)))
}

func (j *jsonWriter) item(v any) error {
	j.line()
	j.text(string(js.Marshal(v)))
	return j.err
}
