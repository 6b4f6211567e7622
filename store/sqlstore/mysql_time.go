package sqlstore

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// mysqlOffset matches an offset of mysql2; the "+" of a query arrives as a blank.
var mysqlOffset = regexp.MustCompile(`^[ +-]([0-9]{2}):([0-9]{2})$`)

// mysqlLocation parses mysql2's option timezone: the time zone whose wall clock the
// dates of the tables show. "local" is the time zone of this process (TZ).
func mysqlLocation(value string) (*time.Location, error) {
	switch value {
	case "local":
		return time.Local, nil
	case "Z":
		return time.UTC, nil
	}
	m := mysqlOffset.FindStringSubmatch(value)
	if m == nil {
		return nil, fmt.Errorf("sqlstore: timezone=%q in the mysql url: write local, Z or an offset like +02:00 "+
			"(mysql2 treats anything else as Z); for a named time zone, use loc=Europe/Berlin", value)
	}
	hours, _ := strconv.Atoi(m[1])
	minutes, _ := strconv.Atoi(m[2])
	seconds := (hours*60 + minutes) * 60
	if value[0] == '-' {
		seconds = -seconds
	}
	if seconds == 0 {
		return time.UTC, nil
	}
	return time.FixedZone(strings.Replace(value, " ", "+", 1), seconds), nil
}

// takeZone removes mysql2's timezone and go-sql-driver's loc from the parameters
// and returns the time zone, nil if neither is set.
func takeZone(q url.Values) (*time.Location, error) {
	zone, loc := q.Get("timezone"), q.Get("loc")
	q.Del("timezone")
	q.Del("loc")
	switch {
	case zone != "" && loc != "":
		return nil, errors.New("sqlstore: timezone and loc in the mysql url mean the same: remove one")
	case zone != "":
		return mysqlLocation(zone)
	case loc != "":
		at, err := time.LoadLocation(loc)
		if err != nil {
			return nil, fmt.Errorf("sqlstore: loc=%q in the mysql url is not a time zone known to this system; for an offset, use timezone=+02:00", loc)
		}
		return at, nil
	}
	return nil, nil
}

// inZone sets the time zone of dates. Without one, dates are UTC, in DATETIME and
// TIMESTAMP columns alike. With one, the session's time_zone is left to the server,
// as mysql2 leaves it: the server converts TIMESTAMP columns from that zone when
// they are written and back when they are read, so both sides see the same text.
func inZone(cfg *mysql.Config, zone *time.Location) {
	cfg.Loc = zone
	if zone != nil {
		return
	}
	cfg.Loc = time.UTC
	if cfg.Params == nil {
		cfg.Params = map[string]string{}
	}
	cfg.Params["time_zone"] = "'+00:00'"
}
