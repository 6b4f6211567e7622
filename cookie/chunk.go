package cookie

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
)

const (
	// maxSize is the largest size of a Set-Cookie line in bytes. Safari has the
	// lowest limit among browsers, 4093.
	maxSize   = 4050
	maxChunks = 100
)

// ErrTooLarge reports that a value does not fit into the largest number of
// chunks.
var ErrTooLarge = errors.New("cookie: value too large to store even after chunking")

// Setting is a cookie with the value to set.
type Setting struct {
	Cookie
	Value string
}

// Line returns the setting's Set-Cookie line.
func (s Setting) Line() (string, error) { return s.Cookie.Line(s.Value) }

// Chunk returns the settings that store a value, which must be ASCII, under the
// cookie's name: one cookie, or numbered chunks if it is long. Before them, in
// the request's order, come settings that expire the request's chunks that are
// not written again. With ErrTooLarge, the settings are only these expiries,
// which must still be sent (storeFactory in cookies/session-store.mjs).
func Chunk(request *Jar, c Cookie, value string) ([]Setting, error) {
	settings := Clean(request, c)
	size, err := chunkSize(c)
	if err != nil {
		return nil, err
	}
	count := maxChunks + 1
	if size > 0 {
		count = (len(value) + size - 1) / size
	}
	if count <= 1 {
		return order(c.Name, put(settings, Setting{c, value})), nil
	}
	if count > maxChunks {
		return settings, ErrTooLarge
	}
	for i := range count {
		chunk := c
		chunk.Name = c.Name + "." + strconv.Itoa(i)
		settings = put(settings, Setting{chunk, value[i*size : min((i+1)*size, len(value))]})
	}
	return settings, nil
}

// put replaces the setting of the same name in its place, or appends one.
func put(settings []Setting, s Setting) []Setting {
	for i := range settings {
		if settings[i].Name == s.Name {
			settings[i] = s
			return settings
		}
	}
	return append(settings, s)
}

// chunkSize returns the size of a value that fits beside the longest name and the
// attributes.
func chunkSize(c Cookie) (int, error) {
	line, err := Serialize(c.Name+".99", "", c.Attributes)
	return maxSize - len(line), err
}

// Clean returns settings that expire the cookie and its chunks, as far as the
// request has them, in the request's order.
func Clean(request *Jar, c Cookie) []Setting {
	var settings []Setting
	last := ParseLast(request.header)
	for name := range last.All() {
		if _, isChunk := chunkIndex(c.Name, name); !isChunk && name != c.Name {
			continue
		}
		expired := c.Expired()
		expired.Name = name
		settings = append(settings, Setting{Cookie: expired})
	}
	return order(c.Name, settings)
}

// order sorts the settings like the keys of a JavaScript object, in which the
// reference collects them: a name that is a number comes first. Only the cookie
// itself can have such a name.
func order(name string, settings []Setting) []Setting {
	if isArrayIndex(name) {
		slices.SortStableFunc(settings, func(a, b Setting) int {
			return cmp.Compare(min(len(a.Name), len(name)+1), min(len(b.Name), len(name)+1))
		})
	}
	return settings
}

func isArrayIndex(name string) bool {
	n, err := strconv.ParseUint(name, 10, 32)
	return err == nil && n < 1<<32-1 && strconv.FormatUint(n, 10) == name
}

// chunkIndex returns the number of a chunk from its name.
func chunkIndex(cookie, name string) (int, bool) {
	rest, ok := strings.CutPrefix(name, cookie)
	if !ok || len(rest) < 2 || rest[0] != '.' {
		return 0, false
	}
	const maxSafeInteger = 1<<53 - 1
	n, err := strconv.Atoi(rest[1:])
	if err != nil || n < 0 || n > maxSafeInteger || strconv.Itoa(n) != rest[1:] {
		return 0, false
	}
	return n, true
}

// ReadChunked returns the value of a cookie that may be stored in chunks, "" if
// the request has neither the cookie nor chunks. The cookie itself is read with
// Parse, chunks with ParseLast (getChunkedCookie in cookies/session-store.mjs).
func ReadChunked(request *Jar, name string) string {
	if value, _ := request.Get(name); value != "" {
		return value
	}
	if !strings.Contains(request.header, name+".") {
		return ""
	}
	last := ParseLast(request.header)
	return joinChunks(&last, name)
}

// ReadChunkedAll returns all possible values for ReadChunked if the request has
// several cookies of one name. ReadChunked's own result comes first: the cookies
// themselves, then the chunks joined from the last of each name and from the
// first.
func ReadChunkedAll(request *Jar, name string) (values []string) {
	if len(request.repeated) == 0 {
		if value := ReadChunked(request, name); value != "" {
			return []string{value}
		}
		return nil
	}
	last := ParseLast(request.header)
	for _, value := range append(request.Values(name), joinChunks(&last, name), joinChunks(request, name)) {
		if value != "" && !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	return values
}

// joinChunks joins the chunks of a cookie in the order of their numbers.
func joinChunks(jar *Jar, name string) string {
	type chunk struct {
		index int
		value string
	}
	var chunks []chunk
	for other, value := range jar.All() {
		if index, ok := chunkIndex(name, other); ok {
			chunks = append(chunks, chunk{index, value})
		}
	}
	slices.SortFunc(chunks, func(a, b chunk) int { return cmp.Compare(a.index, b.index) })
	var b strings.Builder
	for _, c := range chunks {
		b.WriteString(c.value)
	}
	return b.String()
}
