package js

import (
	"strings"
	"time"
)

// maxDate is the last millisecond that a Date can hold, counted from 1970.
const maxDate = 8_640_000_000_000_000

// ISO returns t as Date.prototype.toISOString does: UTC, milliseconds, years
// before 0 and after 9999 with a sign and six digits.
func ISO(t time.Time) string { return string(appendISO(make([]byte, 0, 28), t)) }

func appendISO(dst []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, sec := t.Clock()
	switch {
	case year < 0:
		dst = appendDigits(append(dst, '-'), -year, 6)
	case year > 9999:
		dst = appendDigits(append(dst, '+'), year, 6)
	default:
		dst = appendDigits(dst, year, 4)
	}
	dst = appendDigits(append(dst, '-'), int(month), 2)
	dst = appendDigits(append(dst, '-'), day, 2)
	dst = appendDigits(append(dst, 'T'), hour, 2)
	dst = appendDigits(append(dst, ':'), minute, 2)
	dst = appendDigits(append(dst, ':'), sec, 2)
	dst = appendDigits(append(dst, '.'), t.Nanosecond()/1e6, 3)
	return append(dst, 'Z')
}

func appendDigits(dst []byte, n, width int) []byte {
	var buf [20]byte
	i := len(buf)
	for ; width > 0 || n > 0; width-- {
		i--
		buf[i] = byte('0' + n%10)
		n /= 10
	}
	return append(dst, buf[i:]...)
}

// DateOf returns new Date(ms). Fractions are cut off. It returns false if ms is
// NaN or out of JavaScript's range.
func DateOf(ms float64) (time.Time, bool) {
	if !(ms >= -maxDate && ms <= maxDate) {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(ms)).UTC(), true
}

// ParseDate returns new Date(s) for the forms used in practice: ECMAScript's own
// (date, date and time with or without offset, extended years) and common older
// ones that V8 accepts (RFC 1123, toString, "2024-01-02 03:04:05", "Jan 2, 2024",
// "1/2/2024"). A time without an offset is UTC, as in Node with TZ=UTC. For
// anything else it returns false.
func ParseDate(s string) (time.Time, bool) {
	if t, ok := parseISO(s); ok {
		return t, true
	}
	return parseLegacy(s)
}

type dateText struct {
	s  string
	ok bool
}

// digits consumes exactly n digits.
func (d *dateText) digits(n int) int {
	if len(d.s) < n {
		d.ok = false
		return 0
	}
	v := 0
	for i := range n {
		c := d.s[i]
		if c < '0' || c > '9' {
			d.ok = false
			return 0
		}
		v = v*10 + int(c-'0')
	}
	d.s = d.s[n:]
	return v
}

func (d *dateText) take(c byte) bool {
	if d.s == "" || d.s[0] != c {
		return false
	}
	d.s = d.s[1:]
	return true
}

func parseISO(s string) (time.Time, bool) {
	d := &dateText{s: s, ok: true}
	year := d.year()
	month, day := 1, 1
	if d.take('-') {
		month = d.digits(2)
		if d.take('-') {
			day = d.digits(2)
		}
	}
	var clock time.Duration
	if d.ok && d.take('T') {
		clock = d.clock()
	}
	if !d.ok || d.s != "" || month < 1 || month > 12 || day < 1 || day > 31 {
		return time.Time{}, false
	}
	// V8 reads February 30 as March 1.
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Add(clock)
	ms := t.UnixMilli()
	return t, ms >= -maxDate && ms <= maxDate
}

func (d *dateText) year() int {
	switch {
	case d.take('+'):
		return d.digits(6)
	case d.take('-'):
		y := d.digits(6)
		d.ok = d.ok && y != 0
		return -y
	}
	return d.digits(4)
}

// clock parses hours and minutes, the optional rest of the time, and the offset.
// It returns the distance from midnight UTC.
func (d *dateText) clock() time.Duration {
	hour := d.digits(2)
	d.ok = d.take(':') && d.ok
	minute := d.digits(2)
	sec, ms := 0, 0
	if d.take(':') {
		sec = d.digits(2)
		if d.take('.') {
			ms = d.fraction()
		}
	}
	if hour > 24 || minute > 59 || sec > 59 || hour == 24 && minute+sec+ms > 0 {
		d.ok = false
	}
	at := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute +
		time.Duration(sec)*time.Second + time.Duration(ms)*time.Millisecond
	if d.s == "" || d.take('Z') {
		return at
	}
	sign := time.Duration(1)
	if d.take('-') {
		sign = -1
	} else if !d.take('+') {
		d.ok = false
	}
	oh := d.digits(2)
	d.ok = d.take(':') && d.ok
	om := d.digits(2)
	d.ok = d.ok && oh < 24 && om < 60
	return at - sign*(time.Duration(oh)*time.Hour+time.Duration(om)*time.Minute)
}

// fraction consumes any number of digits and returns milliseconds.
func (d *dateText) fraction() int {
	ms, n := 0, 0
	for d.s != "" && d.s[0] >= '0' && d.s[0] <= '9' {
		if n < 3 {
			ms = ms*10 + int(d.s[0]-'0')
		}
		n++
		d.s = d.s[1:]
	}
	if n == 0 {
		d.ok = false
	}
	for ; n < 3; n++ {
		ms *= 10
	}
	return ms
}

// legacyLayouts returns the forms of V8's older parser that occur in practice.
func legacyLayouts() []string {
	return []string{
		time.RFC1123, time.RFC1123Z, "Mon, 2 Jan 2006 15:04:05 MST", "Mon, 2 Jan 2006 15:04:05 -0700",
		"Mon Jan _2 2006 15:04:05 GMT-0700", time.ANSIC, "Mon Jan _2 2006",
		"2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05", "2 Jan 2006", "2 January 2006",
		"Jan 2, 2006 15:04:05", "Jan 2, 2006 15:04", "Jan 2, 2006", "January 2, 2006 15:04:05", "January 2, 2006", "Jan 2 2006",
		"2006-1-2 15:04:05Z07:00", "2006-1-2 15:04:05 Z07:00", "2006-1-2 15:04:05-0700", "2006-1-2 15:04:05 -0700",
		"2006-1-2 15:04:05Z07", "2006-1-2 15:04:05 MST", "2006-1-2 15:04:05", "2006-1-2 15:04", "2006-1-2T15:04:05-0700",
		"2006-1-2", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006/1/2", "1/2/2006 15:04:05", "1/2/2006 15:04", "1/2/2006",
	}
}

func parseLegacy(s string) (time.Time, bool) {
	if i := strings.IndexByte(s, '('); i > 0 && strings.HasSuffix(s, ")") {
		s = s[:i]
	}
	s = strings.TrimSpace(s)
	if len(s) < 6 || len(s) > 64 {
		return time.Time{}, false
	}
	for _, layout := range legacyLayouts() {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if zone, _ := t.Zone(); strings.Contains(layout, "MST") && zone != "UTC" && zone != "GMT" {
			return time.Time{}, false
		}
		return t.UTC().Truncate(time.Millisecond), true
	}
	return time.Time{}, false
}
