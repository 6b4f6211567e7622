package oauthprovider

import (
	"strconv"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
)

// The beginnings of zod's texts, by which the kind of an issue is known.
const (
	wrongType  = "Invalid input: expected "
	wrongValue = "Invalid option: expected one of "
)

func firstOf(path []any) (string, bool) {
	if len(path) == 0 {
		return "", false
	}
	name, ok := path[0].(string)
	return name, ok
}

// dotPath returns a path as zod writes it: redirect_uris[0].
func dotPath(path []any) string {
	var b strings.Builder
	for _, step := range path {
		switch step := step.(type) {
		case int:
			b.WriteString("[" + strconv.Itoa(step) + "]")
		case string:
			if strings.ContainsFunc(step, func(r rune) bool {
				return !(r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9')
			}) {
				b.WriteString("[" + string(js.Marshal(step)) + "]")
				continue
			}
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		}
	}
	return b.String()
}

// isWrongValue reports whether the issue is a value that is not one of the allowed ones.
func isWrongValue(issue schema.Issue) bool {
	return strings.HasPrefix(issue.Message, wrongValue) || strings.HasPrefix(issue.Message, wrongType+`"`)
}

func describeIssue(issue schema.Issue, path string) string {
	message := issue.Message
	if path == "" {
		return message
	}
	if isWrongValue(issue) {
		values := strings.TrimPrefix(strings.TrimPrefix(message, wrongValue), wrongType)
		var list []string
		for v := range strings.SplitSeq(values, "|") {
			list = append(list, strings.Trim(v, `"`))
		}
		return path + " must be one of: " + strings.Join(list, ", ")
	}
	expected, received, ok := strings.Cut(strings.TrimPrefix(message, wrongType), ", received ")
	switch {
	case !ok || !strings.HasPrefix(message, wrongType):
		return path + ": " + message
	case received == "undefined":
		return path + " is required"
	case received == "array":
		return path + " must not appear more than once"
	}
	return path + " must be a " + expected
}
