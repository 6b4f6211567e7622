package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/seed-32bd42cb/betterauth/js"
)

// maxDepth is the deepest nesting of maps and lists in a file.
const maxDepth = 100

// position is a place in the file, counted from 1; zero if there is none.
type position struct{ line, column int }

// node is one value of the file: nil, bool, float64, string, []*node or a *mapping.
type node struct {
	at    position
	value any
	// fromEnv is set if the value came from ${NAME}: it may then be used as a number or a boolean.
	fromEnv bool
}

// mapping keeps its members in the order of the file, which is the order of hooks and of columns.
type mapping struct{ members []member }

type member struct {
	key   string
	at    position
	value *node
}

func (m *mapping) get(key string) *node {
	for _, e := range m.members {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

func (m *mapping) has(key string) bool { return m.get(key) != nil }

// js returns the value as a value of package js.
func (n *node) js() any {
	switch v := n.value.(type) {
	case []*node:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = e.js()
		}
		return list
	case *mapping:
		o := js.NewObject()
		for _, e := range v.members {
			o.Set(e.key, e.value.js())
		}
		return o
	}
	return n.value
}

// kind returns the kind of the value for a message.
func (n *node) kind() string {
	switch n.value.(type) {
	case nil:
		return "null"
	case bool:
		return "true or false"
	case float64:
		return "a number"
	case string:
		return "a text"
	case []*node:
		return "a list"
	}
	return "a map"
}

// jsonReader reads JSON and records the position of every value.
type jsonReader struct {
	data []byte
	dec  *json.Decoder
}

func parseJSON(data []byte) (*node, *Problem) {
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	r := &jsonReader{data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	n, err := r.value(0)
	if err == nil {
		if _, extra := r.dec.Token(); !errors.Is(extra, io.EOF) {
			err = errors.New("there is text after the end of the value")
		}
	}
	if err == nil {
		return n, nil
	}
	at := r.position(r.dec.InputOffset())
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = r.position(syntax.Offset)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the file ends in the middle of a value")
	}
	return nil, &Problem{Line: at.line, Column: at.column, Message: "not valid JSON: " + err.Error()}
}

func (r *jsonReader) position(offset int64) position {
	before := r.data[:min(int(offset), len(r.data))]
	line := bytes.Count(before, []byte{'\n'}) + 1
	return position{line, len(before) - bytes.LastIndexByte(before, '\n')}
}

// next returns the position of the next token.
func (r *jsonReader) next() position {
	i := int(r.dec.InputOffset())
	for i < len(r.data) && bytes.IndexByte([]byte(" \t\r\n,:"), r.data[i]) >= 0 {
		i++
	}
	return r.position(int64(i))
}

func (r *jsonReader) value(depth int) (*node, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("more than %d levels", maxDepth)
	}
	n := &node{at: r.next()}
	token, err := r.dec.Token()
	if err != nil {
		return nil, err
	}
	if token == json.Delim('[') {
		n.value, err = r.list(depth)
		return n, err
	}
	if token == json.Delim('{') {
		n.value, err = r.mapping(depth)
		return n, err
	}
	n.value = token // nil, bool, float64 or string
	return n, nil
}

func (r *jsonReader) list(depth int) ([]*node, error) {
	list := []*node{}
	for r.dec.More() {
		e, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	_, err := r.dec.Token()
	return list, err
}

func (r *jsonReader) mapping(depth int) (*mapping, error) {
	m := &mapping{}
	for r.dec.More() {
		at := r.next()
		token, err := r.dec.Token()
		if err != nil {
			return nil, err
		}
		key, ok := token.(string)
		if !ok {
			return nil, errors.New("a key must be a text")
		}
		if m.has(key) {
			return nil, fmt.Errorf("the key %q appears twice", key)
		}
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		m.members = append(m.members, member{key, at, v})
	}
	_, err := r.dec.Token()
	return m, err
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func index(path string, i int) string { return join(path, strconv.Itoa(i)) }
