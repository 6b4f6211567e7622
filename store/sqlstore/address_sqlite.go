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

// readSQLite parses the text after sqlite: or file:, or a bare path. Only file: is
// a URI, with escapes; after sqlite:, parameters are possible too; a bare path is
// always the name of a file.
func (a *Address) readSQLite(path, scheme string) error {
	a.Dialect = SQLite
	shown, query := path, ""
	if scheme != "" {
		if path == "" {
			return errors.New("names no file after " + scheme + ":")
		}
		path, query, _ = strings.Cut(path, "?")
		shown = scheme + ":" + path
	}
	switch {
	case strings.ContainsFunc(path, unicode.IsControl):
		return address.ErrControl
	case notAFile.MatchString(path):
		return errors.New("has the address of another database after " + scheme + ":")
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

// notAFile matches texts that are not the path of an SQLite file, unless they
// begin with ./
var notAFile = regexp.MustCompile(`(?i)://|^[^/\\]*:[^/\\]*@|^[^/\\]*@[a-z0-9]*\(|^[a-z_ ]+=`)

func (a *Address) inMemory() bool {
	return strings.HasPrefix(a.database, ":memory:") || a.params["mode"] == "memory"
}

// readOnly reports whether the file is opened without being created or written.
func (a *Address) readOnly() bool { return a.params["mode"] == "ro" || a.params["immutable"] == "1" }

const oneFile = "an SQLite file has no server"

// sqliteParams are the parameters of SQLite's URIs, and those that Prisma writes.
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

// sqliteDSN returns the URI for the driver. durable is the pragma that says when a
// commit has reached the disk; the address may override it.
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

// prepareFile creates a missing database file with access for its owner only,
// because it will hold session tokens. SQLite gives its side files the same mode.
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
		return fmt.Errorf("the file %s does not exist, and mode=%s does not create it", a.File, mode)
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

// MissingFolder returns an error with the remedy if the folder of an SQLite file
// does not exist.
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
	return fmt.Errorf("the folder %s does not exist: create it with `mkdir -p %s`, or choose another file", folder, at)
}

// noteOther adds a note about the file that Prisma would open: Prisma resolves a
// path relative to the folder of its schema.
func (a *Address) noteOther() {
	other := filepath.Join("prisma", a.File)
	if filepath.IsAbs(a.File) {
		return
	}
	if info, err := os.Stat(other); err == nil && !info.IsDir() {
		a.Notes = append(a.Notes, fmt.Sprintf("%s is new; Prisma resolves the path relative to its schema and would use %s", a.File, other))
	}
}
