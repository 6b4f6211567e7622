package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/seed-32bd42cb/betterauth/secret"
)

// maxSecretFile is the maximum size of the file of a …File option.
const maxSecretFile = 64 << 10

// secretKeys are the options that may be kept in a file of their own, as <name>File.
var secretKeys = map[string]bool{
	"secret": true, "secrets": true, "database": true, "url": true, "password": true,
	"clientSecret": true, "secretKey": true, "apiKey": true, "token": true, "privateKey": true, "webhook": true,
}

// substituter replaces ${NAME} in texts, and …File options with the content of the file.
type substituter struct {
	env      func(string) string
	readFile func(path string) ([]byte, error)
	dir      string
	report   func(path string, at position, err error)
}

func (s *substituter) node(path string, n *node) {
	switch v := n.value.(type) {
	case string:
		text, changed, err := s.expand(v)
		if err != nil {
			s.report(path, n.at, err)
			return
		}
		n.value, n.fromEnv = text, changed
	case []*node:
		for i, e := range v {
			s.node(index(path, i), e)
		}
	case *mapping:
		for _, e := range v.members {
			s.node(join(path, e.key), e.value)
		}
		s.files(path, v)
	}
}

// files replaces the names of files with their content. A file that cannot be read is reported and left out.
func (s *substituter) files(path string, m *mapping) {
	kept := m.members[:0:0]
	for _, e := range m.members {
		key, isFile := strings.CutSuffix(e.key, "File")
		if !isFile || !secretKeys[key] {
			kept = append(kept, e)
			continue
		}
		at := join(path, e.key)
		if m.has(key) {
			s.report(at, e.at, fmt.Errorf("%s is set too; use only one of them", key))
			continue
		}
		value, err := s.file(key, e.value)
		if err != nil {
			s.report(at, e.value.at, err)
			continue
		}
		kept = append(kept, member{key, e.at, value})
	}
	m.members = kept
}

func (s *substituter) file(key string, n *node) (*node, error) {
	name, ok := n.value.(string)
	if !ok {
		return nil, fmt.Errorf("must be the name of a file, not %s", n.kind())
	}
	text, err := s.content(name)
	if err != nil {
		return nil, err
	}
	if key == "secrets" {
		return versions(text, n.at)
	}
	return &node{at: n.at, value: text}, nil
}

func (s *substituter) content(name string) (string, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(s.dir, name)
	}
	data, err := s.readFile(name)
	if err != nil {
		return "", err
	}
	text := strings.TrimSpace(string(data))
	if text == "" {
		return "", fmt.Errorf("the file %s is empty", name)
	}
	return text, nil
}

// versions parses "2:new,1:old", the format of BETTER_AUTH_SECRETS.
func versions(text string, at position) (*node, error) {
	list, err := secret.ParseVersions(text)
	if err != nil {
		return nil, err
	}
	var out []*node
	for _, v := range list {
		out = append(out, &node{at: at, value: &mapping{members: []member{
			{"version", at, &node{at: at, value: float64(v.Version)}},
			{"value", at, &node{at: at, value: v.Value}},
		}}})
	}
	return &node{at: at, value: out}, nil
}

// expand replaces ${NAME} and ${NAME:-default}; $${ stands for ${.
func (s *substituter) expand(text string) (out string, changed bool, err error) {
	var b strings.Builder
	for {
		i := strings.Index(text, "${")
		if i < 0 {
			b.WriteString(text)
			return b.String(), changed, nil
		}
		if i > 0 && text[i-1] == '$' {
			b.WriteString(text[:i-1] + "${")
			text = text[i+2:]
			continue
		}
		end := strings.IndexByte(text[i:], '}')
		if end < 0 {
			return "", false, errors.New("has a ${ without a closing } (write $${ for the characters themselves)")
		}
		name, fallback, hasFallback := strings.Cut(text[i+2:i+end], ":-")
		if !isEnvName(name) {
			return "", false, errors.New("has ${…} around a text that cannot be the name of an environment variable (write $${ for the characters themselves)")
		}
		value := s.env(name)
		if value == "" {
			if !hasFallback {
				return "", false, fmt.Errorf("%s is not set in the environment (write ${%s:-…} for a default)", name, name)
			}
			value = fallback
		}
		b.WriteString(text[:i] + value)
		text, changed = text[i+end+1:], true
	}
}

func isEnvName(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// scalar converts a text from the environment to a boolean or a number if it looks like one.
func scalar(n *node) any {
	text, ok := n.value.(string)
	if !ok || !n.fromEnv {
		return n.value
	}
	switch text {
	case "true":
		return true
	case "false":
		return false
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return f
	}
	return n.value
}

// readSecretFile reads a file, a named pipe or a mounted secret.
func readSecretFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSecretFile+1))
	if err == nil && len(data) > maxSecretFile {
		err = fmt.Errorf("%s has more than %d bytes", path, maxSecretFile)
	}
	return data, err
}
