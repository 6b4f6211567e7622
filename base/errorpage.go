package base

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"regexp"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

//go:embed errorpage.html
var errorPageText string

var errorPageTemplate = template.Must(template.New("error").Parse(errorPageText))

var errorPage = auth.Handle(auth.Route{
	ID: "error", Methods: []string{http.MethodGet}, Path: "/error", Session: auth.Public, Hidden: true, Storeless: true, Summary: "Displays an error page",
}, showError)

var safeCode = regexp.MustCompile(`^['A-Za-z0-9_-]+$`)

// showError shows the error of a failed redirect flow: on the page of the options, at the root of the site in
// production, or on a built-in page.
func showError(c *auth.Context, _ *auth.None) (*auth.Raw, error) {
	code, description := first(c, "error"), first(c, "error_description")
	if !safeCode.MatchString(code) {
		code = "UNKNOWN"
	}
	query := [][2]string{{"error", code}}
	if description != "" {
		query = append(query, [2]string{"error_description", description})
	}
	o := c.Options.OnAPIError
	switch {
	case o.ErrorURL != "":
		target, err := origin.AppendQuery(o.ErrorURL, query)
		if err != nil {
			return nil, err
		}
		return redirect(target), nil
	case c.Options.Mode == auth.Production && o.CustomizeDefaultErrorPage.IsZero():
		target, err := origin.AppendQuery("/", query)
		if err != nil {
			return nil, err
		}
		return redirect(target), nil
	}
	look := auth.ErrorPage{}
	if o.CustomizeDefaultErrorPage != nil {
		look = *o.CustomizeDefaultErrorPage
	}
	var page bytes.Buffer
	err := errorPageTemplate.Execute(&page, map[string]any{
		"Code": code, "Description": description, "Page": look, "App": c.Options.AppName,
		"Docs": "https://better-auth.com/docs/reference/errors/" + url.PathEscape(code),
	})
	return &auth.Raw{Type: "text/html", Body: page.Bytes()}, err
}

func redirect(target string) *auth.Raw {
	return &auth.Raw{Status: http.StatusFound, Header: http.Header{"Location": {target}}}
}

// first returns the first value of a query parameter.
func first(c *auth.Context, name string) string {
	if c.Query == nil {
		return ""
	}
	v, _ := c.Query.Get(name)
	if list, ok := v.([]any); ok && len(list) > 0 {
		v = list[0]
	}
	s, _ := v.(string)
	return s
}
