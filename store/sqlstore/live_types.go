package sqlstore

import (
	"slices"
	"strings"
)

// class is the kind of values that a column type keeps, independent of the
// engine.
type class string

const (
	classText    class = "text"
	classFolded  class = "text without case" // citext
	classPadded  class = "padded text"       // char(n) of PostgreSQL
	classUUID    class = "UUID"
	classInt     class = "whole number"
	classFloat   class = "number"
	classBool    class = "boolean"
	classDate    class = "date"
	classJSON    class = "JSON"
	classInet    class = "network address"
	classEnum    class = "enum"
	classBinary  class = "bytes"
	classNumeric class = "numeric" // SQLite: converts texts that look like numbers to numbers
	classOther   class = ""
)

var postgresTypes = map[string]class{
	"text": classText, "varchar": classText, "name": classText, "citext": classFolded, "bpchar": classPadded,
	"uuid": classUUID, "int2": classInt, "int4": classInt, "int8": classInt,
	"numeric": classFloat, "float4": classFloat, "float8": classFloat, "bool": classBool,
	"timestamptz": classDate, "timestamp": classDate, "date": classDate,
	"json": classJSON, "jsonb": classJSON, "inet": classInet, "cidr": classInet, "enum": classEnum, "bytea": classBinary,
}

var mysqlTypes = map[string]class{
	"varchar": classText, "char": classText, "text": classText, "tinytext": classText, "mediumtext": classText, "longtext": classText,
	"uuid": classUUID, "tinyint": classInt, "smallint": classInt, "mediumint": classInt, "int": classInt, "bigint": classInt,
	"decimal": classFloat, "float": classFloat, "double": classFloat,
	"timestamp": classDate, "datetime": classDate, "date": classDate,
	"json": classJSON, "inet4": classInet, "inet6": classInet, "enum": classEnum, "set": classEnum,
	"binary": classBinary, "varbinary": classBinary, "blob": classBinary, "tinyblob": classBinary, "mediumblob": classBinary, "longblob": classBinary,
	"bit": classBinary,
}

func (d *DB) class(c *LiveColumn) class {
	switch d.dialect {
	case Postgres:
		return postgresTypes[c.Base]
	case MySQL:
		return mysqlTypes[strings.ToLower(c.Base)]
	}
	return sqliteClass(c.Type)
}

// sqliteClass follows SQLite's rules for the affinity of a declared type.
func sqliteClass(declared string) class {
	declared = strings.ToUpper(declared)
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(declared, part) })
	}
	switch {
	case has("INT"):
		return classInt
	case has("CHAR", "CLOB", "TEXT"):
		return classText
	case declared == "" || has("BLOB"):
		return classOther // keeps everything unchanged
	case has("REAL", "FLOA", "DOUB"):
		return classFloat
	case has("DATE", "TIME"):
		return classDate
	}
	return classNumeric
}

// largest returns the largest number that an integer column holds.
func largest(c *LiveColumn) float64 {
	switch strings.ToLower(c.Base) {
	case "int2", "smallint":
		return 1<<15 - 1
	case "tinyint":
		return 1<<7 - 1
	case "mediumint":
		return 1<<23 - 1
	case "int4", "int", "integer":
		return 1<<31 - 1
	}
	return 1<<63 - 1
}
