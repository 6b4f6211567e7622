package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/seed-32bd42cb/betterauth/store"
)

// A gram is a part of a text with gramLength characters. An index over the grams of
// a column finds the rows with a text among a million as quickly as among ten thousand,
// which an index over trigrams does not: three characters are in too many rows.
const (
	gramLength = 5
	// gramBreak separates the grams where SQL handles them as one text. A gram with this
	// character falls into the same parts in the index and in a condition.
	gramBreak = "\x01"

	mostGrams   = 8     // in one condition
	sampleRows  = 2_000 // are read to learn which grams are common
	sampleChars = 200   // of each of them
	// A gram that a hundredth of the rows has is common, and is not looked up.
	commonOf = 100
	// Grams that the sample has less often are like those that it does not have.
	rareBelow = 4

	gramsAge   = 10 * time.Minute // after which the common grams are read again
	noGramsAge = time.Minute      // after which a missing index is looked for again
)

// gramsOf returns the SQL expression for the grams of a column, as an array. An index
// over it needs no function of its own, and a statement with it is valid without the
// index. Each part cuts the text into grams from another character on; the shorter
// rests at the ends match nothing. The collation "C" is the quickest, and does not change
// with the system's libraries.
func gramsOf(column string) string {
	column += ` COLLATE "C"`
	cut := fmt.Sprintf(`, '(.{%d})', E'\\1\x01', 'g')`, gramLength)
	parts := []string{"regexp_replace(" + column + cut}
	for from := 2; from <= gramLength; from++ {
		parts = append(parts, "regexp_replace(substr("+column+", "+strconv.Itoa(from)+")"+cut)
	}
	return "string_to_array(" + strings.Join(parts, ` || E'\x01' || `) + `, E'\x01')`
}

// gramColumn is true for a column whose grams are those that Go finds in a text, and
// whose texts are equal only if all characters are: not one of the extension citext.
const gramColumn = `EXISTS (SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
	WHERE a.attrelid = to_regclass($1) AND a.attname = $2 AND a.atttypid IN (25, 1043) AND l.collisdeterministic
	AND current_setting('server_encoding') = 'UTF8')`

func gramsIndex(table, column string) string { return table + "_" + column + "_grams" }

// grams holds what is known of the index over the grams of a column.
type grams struct {
	resting atomic.Bool // what is known is new enough
	common  atomic.Pointer[commonGrams]
}

// commonGrams are the frequent grams of an indexed column.
type commonGrams struct {
	rows  int            // of the sample
	times map[string]int // in how many of them a gram is
}

// grammatical returns the text of a search that an index over grams can serve.
func grammatical(c *columnInfo, w *store.Where) (text string, ok bool) {
	if c == nil || c.grams == nil || w.Fold || w.Op != store.Contains && w.Op != store.EndsWith {
		return "", false
	}
	text, ok = w.Value.(string)
	return text, ok && len(text) >= gramLength && !strings.ContainsRune(text, 0) && utf8.ValidString(text)
}

// learnGrams looks for the indexes over grams that can serve conditions, and for the
// common grams, unless that is known. It does nothing in a transaction, which an error
// would end.
func (d *DB) learnGrams(ctx context.Context, t *store.TableSchema, i *tableInfo, where []store.Where) {
	for n := range where {
		c := i.byField[where[n].Field]
		if _, ok := grammatical(c, &where[n]); !ok || d.held(ctx) != nil || !c.grams.resting.CompareAndSwap(false, true) {
			continue
		}
		common, err := d.readGrams(ctx, t, i, c)
		age := gramsAge
		switch {
		case err != nil:
			d.log.DebugContext(ctx, "sqlstore: no look at the index for searches", "table", t.Name, "error", err)
			age = noGramsAge
		case common == nil:
			age = noGramsAge
			fallthrough
		default:
			c.grams.common.Store(common)
		}
		time.AfterFunc(age, func() { c.grams.resting.Store(false) })
	}
}

// readGrams returns the common grams of a column, nil if it has no index over grams.
func (d *DB) readGrams(ctx context.Context, t *store.TableSchema, i *tableInfo, c *columnInfo) (*commonGrams, error) {
	physical := t.Column(c.field).Physical
	find := statement{once: true, args: []any{i.name, physical, gramsIndex(t.Name, physical)}, text: `SELECT c.reltuples::float8 FROM pg_catalog.pg_index x
		JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid JOIN pg_catalog.pg_class c ON c.oid = x.indrelid
		WHERE i.relname = $3 AND x.indrelid = to_regclass($1) AND x.indisvalid AND ` + gramColumn}
	exists, size := false, 0.0
	err := d.each(ctx, d.read, find, func(rows *sql.Rows) error {
		exists = true
		return rows.Scan(&size)
	})
	if err != nil || !exists {
		return nil, err
	}
	percent := min(100, 200*sampleRows/max(size, 1))
	sample := statement{once: true, text: fmt.Sprintf("SELECT left(%s, %d) FROM %s TABLESAMPLE SYSTEM (%f) WHERE %[1]s IS NOT NULL LIMIT %[5]d",
		c.name, sampleChars, i.name, percent, sampleRows)}
	common := &commonGrams{times: map[string]int{}}
	err = d.each(ctx, d.read, sample, func(rows *sql.Rows) error {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		common.rows++
		for _, gram := range gramsIn(text) {
			common.times[gram]++
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	frequent := map[string]int{}
	for gram, n := range common.times {
		if n >= rareBelow || n*commonOf >= common.rows {
			frequent[strings.Clone(gram)] = n
		}
	}
	common.times = frequent
	return common, nil
}

// gramsIn returns the different grams of a text.
func gramsIn(text string) (out []string) {
	var begins []int
	for at := range text {
		begins = append(begins, at)
	}
	begins = append(begins, len(text))
	for n := range len(begins) - gramLength {
		out = append(out, text[begins[n]:begins[n+gramLength]])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// pick returns the grams of a text to look up, the rarest, or none if all are common.
func (g *commonGrams) pick(text string) []string {
	if g == nil {
		return nil
	}
	list := slices.DeleteFunc(gramsIn(text), func(gram string) bool { return g.times[gram]*commonOf >= g.rows })
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(g.times[a], g.times[b]) })
	return list[:min(len(list), mostGrams)]
}

// bySearchIndex writes a condition for the index over grams of a column. It reports
// false, and writes nothing, if there is no such index or if it would not help. The
// comparison of the whole text is one that no index of trigrams serves, because
// PostgreSQL would prefer that to this.
func (b *builder) bySearchIndex(c *columnInfo, name string, w *store.Where) bool {
	text, ok := grammatical(c, w)
	if !ok {
		return false
	}
	list := c.grams.common.Load().pick(text)
	if len(list) == 0 {
		return false
	}
	b.fresh = true
	if w.Op == store.Contains {
		b.put("(strpos(", name, ", ").arg(text).put(") > 0")
	} else {
		b.put("(right(", name, ", ").arg(int64(utf8.RuneCountInString(text))).put("::integer) = ").arg(text)
	}
	b.put(" AND ", gramsOf(name), " @> string_to_array(").arg(strings.Join(list, gramBreak)).put(`, E'\x01'))`)
	return true
}
