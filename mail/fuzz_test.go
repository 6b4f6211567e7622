package mail

import (
	"strings"
	"testing"
	"time"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/html"
)

// FuzzTemplates writes a mail from any texts: no text may become markup or
// another header, and the link must not change.
func FuzzTemplates(f *testing.F) {
	w, err := readWords("", "")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"Ada", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "{{.To}}", "a\r\nBcc: x@example.com", "\x00", "\xff", "\u202e"} {
		f.Add(seed, "https://app.example.com/x?token="+seed, "de", "123456")
		f.Add("Acme", seed, seed, seed)
	}
	plainTags := map[string]int{}
	reference, err := w.envelope(incoming{Message: Message{Kind: "reset-password", To: "a@example.com", URL: "https://a.example/", Code: "1"}}, "App")
	if err != nil {
		f.Fatal(err)
	}
	count(reference.HTML, plainTags)
	f.Fuzz(func(t *testing.T, app, link, language, code string) {
		e, err := w.envelope(incoming{Message: Message{Kind: "reset-password", To: "a@example.com", URL: link, Code: code, Language: language}, at: time.Unix(0, 0)}, app)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(e.Subject, "\r\n") {
			t.Errorf("subject %q", e.Subject)
		}
		tags := map[string]int{}
		count(e.HTML, tags)
		for tag, n := range tags {
			if n > plainTags[tag] {
				t.Errorf("%d times <%s>, and %d in a mail without such texts", n, tag, plainTags[tag])
			}
		}
		m := gomail.NewMsg()
		m.Subject(e.Subject)
		var b strings.Builder
		if _, err := m.WriteTo(&b); err == nil && strings.Contains(strings.ToLower(b.String()), "\nbcc:") {
			t.Errorf("a header of its own: %q", b.String())
		}
	})
}

// count counts the elements of a page.
func count(page string, tags map[string]int) {
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tags[string(name)]++
		}
	}
}
