package oauthprovider

import (
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
)

// The errors of OAuth and OpenID Connect that the endpoints answer.
const (
	invalidRequest          = "invalid_request"
	invalidClient           = "invalid_client"
	invalidGrant            = "invalid_grant"
	invalidScope            = "invalid_scope"
	invalidTarget           = "invalid_target"
	invalidToken            = "invalid_token"
	invalidRedirectURI      = "invalid_redirect_uri"
	invalidClientMetadata   = "invalid_client_metadata"
	unauthorizedClient      = "unauthorized_client"
	unsupportedGrantType    = "unsupported_grant_type"
	unsupportedResponseType = "unsupported_response_type"
	accessDenied            = "access_denied"
	serverError             = "server_error"
	notFound                = "not_found"
)

// refuse returns an error in OAuth's form: {"error", "error_description"}.
func refuse(status int, name, description string) *auth.Error {
	return &auth.Error{Status: status, Body: js.Obj("error", name, "error_description", description)}
}

// describeFirst returns an error like refuse, with the members in the other order, as some of the reference have it.
func describeFirst(status int, name, description string) *auth.Error {
	return &auth.Error{Status: status, Body: js.Obj("error_description", description, "error", name)}
}

// bad returns a 400 in OAuth's form.
func bad(name, description string) *auth.Error {
	return refuse(http.StatusBadRequest, name, description)
}

// challenge adds a WWW-Authenticate header to an error.
func challenge(e *auth.Error, text string) *auth.Error {
	if e.Header == nil {
		e.Header = http.Header{}
	}
	e.Header.Set("Www-Authenticate", text)
	return e
}

// fieldError says which error a field causes that is missing or has a wrong value. "" is the error of the endpoint.
type fieldError struct{ Missing, Invalid string }

// always returns the fieldError of a field that always causes the same error.
func always(name string) fieldError { return fieldError{name, name} }

// invalid returns the Route.Invalid of an endpoint that answers in OAuth's form. The first issue counts.
func invalid(other string, fields map[string]fieldError) func(auth.Invalid) *auth.Error {
	return func(in auth.Invalid) *auth.Error {
		name, description := describeIssues(in.Issues, other, fields)
		return bad(name, description)
	}
}

// describeIssues returns the OAuth error for a request that failed validation, and its description.
func describeIssues(issues []schema.Issue, other string, fields map[string]fieldError) (name, description string) {
	if len(issues) == 0 {
		return other, "Invalid request."
	}
	issue := issues[0]
	path := dotPath(issue.Path)
	first, _ := firstOf(issue.Path)
	mapped := fields[first]
	missing := strings.HasSuffix(issue.Message, "received undefined")
	switch {
	case mapped.Missing != "" && mapped.Missing == mapped.Invalid:
		name = mapped.Missing
	case missing && mapped.Missing != "":
		name = mapped.Missing
	case !missing && isWrongValue(issue) && mapped.Invalid != "":
		name = mapped.Invalid
	default:
		name = other
	}
	return name, describeIssue(issue, path)
}
