package sqlstore

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/seed-32bd42cb/betterauth/internal/address"
)

// readSQLite reads what stands behind sqlite: or file:, or a bare path. Only
// file: is a URI, with escapes; behind sqlite: there may be parameters too; a
// bare path is the name of a file, whatever it contains.
func (a *Address) readSQLite(path, scheme string) error {
	a.Dialect = SQLite
	shown, query := path, ""
	if scheme != "" {
		if path == "" {
			return errors.New("names no file behind " + scheme + ":")
		}
		path, query, _ = strings.Cut(path, "?")
		shown = scheme + ":" + path
	}
	switch {
	case strings.ContainsFunc(path, unicode.IsControl):
		return address.ErrControl
	case notAFile.MatchString(path):
		return errors.New("has the address of another database behind " + scheme + ":")
	}
	if scheme != "" {
		path = strings.TrimPrefix(path, "//") // sqlite:///var/lib/auth.db, sqlite://auth.db
	}
	if scheme == "file" {
		path = address.Unescape(strings.TrimPrefix(path, "localhost"))
	}
	params, err := address.ParseQuery(query)
	if err != nil {
		return err
	}
	a.database, a.shown = path, shown
	if err := a.apply(sqliteParams, params); err != nil {
		return err
	}
	if path == "" {
		return errors.New("names no file")
	}
	if !a.inMemory() {
		a.File = path
	}
	return nil
}

// notAFile is what no path of an SQLite file is like, unless it begins with ./
var notAFile = regexp.MustCompile(`(?i)://|^[^/\\]*:[^/\\]*@|^[^/\\]*@[a-z0-9]*\(|^[a-z_ ]+=`)

func (a *Address) inMemory() bool {
	return strings.HasPrefix(a.database, ":memory:") || a.params["mode"] == "memory"
}

// readOnly reports whether the file is neither made nor written.
func (a *Address) readOnly() bool { return a.params["mode"] == "ro" || a.params["immutable"] == "1" }

const oneFile = "an SQLite file has no server"

// sqliteParams are those of SQLite's URIs, and what Prisma writes.
var sqliteParams = address.Table[*Address]{
	"mode": address.Keep(func(a *Address, v string) error {
		word, err := address.OneOf(v, "ro", "rw", "rwc", "memory")
		a.params["mode"] = word
		return err
	}),
	"cache": keep("cache"), "vfs": keep("vfs"), "immutable": keep("immutable"), "nolock": keep("nolock"), "psow": keep("psow"),
	"_pragma":          address.Keep(func(a *Address, v string) error { a.pragmas = append(a.pragmas, v); return nil }),
	"connection_limit": number(func(a *Address) *int { return &a.maxOpen }),
	"pool_timeout":     address.Drop[*Address](waitsWithin),
	"socket_timeout":   queries(time.Second),
	"connect_timeout":  address.Drop[*Address](oneFile), "schema": address.Drop[*Address](oneFile), "pgbouncer": address.Drop[*Address](oneFile),
	"_txlock": address.Drop[*Address](ownForm), "_time_format": address.Drop[*Address](formatted),
	"_busy_timeout": address.Keep(func(a *Address, v string) error {
		_, err := address.Count(v)
		a.pragmas = append(a.pragmas, "busy_timeout("+v+")")
		return err
	}),
	"authToken": refuse("is for libSQL and Turso, which are not supported"),
	"key":       refuse("is for encrypted files, which are not supported"),
}

// sqliteDSN is the URI for the driver; durable is the pragma that says when a
// commit has reached the disk, which the address may overrule.
func (a *Address) sqliteDSN(durable string) string {
	memory := strings.HasPrefix(a.database, ":memory:")
	q := url.Values{}
	for name, value := range a.params {
		q.Set(name, value)
	}
	pragmas := []string{"busy_timeout(5000)", "foreign_keys(1)"}
	if !a.inMemory() && !a.readOnly() {
		pragmas = append(pragmas, "journal_mode(WAL)", durable)
	}
	q["_pragma"] = append(pragmas, a.pragmas...)
	q.Set("_txlock", "immediate")
	path := a.database
	if !memory {
		path = "file:" + (&url.URL{Path: path}).EscapedPath()
	}
	return path + "?" + q.Encode()
}

// prepareFile makes a missing database file readable by its owner alone: it will
// hold session tokens. SQLite gives its side files the same mode.
func (a *Address) prepareFile() error {
	info, err := os.Stat(a.File)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("%s is a folder: name a file in it", a.File)
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := a.MissingFolder(); err != nil {
		return err
	}
	if mode := a.params["mode"]; mode == "ro" || mode == "rw" {
		return fmt.Errorf("the file %s does not exist, and mode=%s does not make it", a.File, mode)
	}
	a.noteOther()
	f, err := os.OpenFile(a.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// MissingFolder returns an error with the remedy where the folder of an SQLite
// file does not exist.
func (a *Address) MissingFolder() error {
	if a.File == "" {
		return nil
	}
	folder := filepath.Dir(a.File)
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	at, err := filepath.Abs(folder)
	if err != nil {
		at = folder
	}
	return fmt.Errorf("the folder %s does not exist: make it with `mkdir -p %s`, or name a file elsewhere", folder, at)
}

// noteOther points to the file that Prisma means: it reads a path as seen from
// the folder of its schema.
func (a *Address) noteOther() {
	other := filepath.Join("prisma", a.File)
	if filepath.IsAbs(a.File) {
		return
	}
	if info, err := os.Stat(other); err == nil && !info.IsDir() {
		a.Notes = append(a.Notes, fmt.Sprintf("%s is new; Prisma reads the path as seen from its schema and means %s", a.File, other))
	}
}
