package auth_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

type badgeRequest struct {
	Body *js.Object `body:"record"`
}

// TestRenamedModel: Manifest.Rename gives a plugin's table other names and more fields. Clients may set an added field,
// unless it says otherwise.
func TestRenamedModel(t *testing.T) {
	no := false
	create := auth.Handle(auth.Route{ID: "createBadge", Methods: []string{http.MethodPost}, Path: "/badge", Session: auth.Public},
		func(c *auth.Context, in *badgeRequest) (*auth.PublicRow, error) {
			row, err := c.ParseInput("badge", in.Body, true)
			if err != nil {
				return nil, err
			}
			made, err := c.Store.Create(c, "badge", row)
			return c.Public("badge", made), err
		})
	m := auth.Manifest{
		ID:        "badges",
		Models:    []store.Model{{Name: "badge", Fields: []store.Field{{Name: "title", Type: store.String}}}},
		Endpoints: []auth.Endpoint{create},
		Rename: map[string]auth.ModelOptions{"badge": {
			ModelName: "medal", Fields: map[string]string{"title": "caption"},
			AdditionalFields: auth.AdditionalFields{
				{Name: "color", Type: auth.FieldType{Type: store.String}, Required: &no},
				{Name: "secret", Type: auth.FieldType{Type: store.String}, Required: &no, Input: &no},
			},
		}},
	}
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{m}})
	table := s.Store.Table("badge")
	if table.Name != "medal" || table.Column("title").Physical != "caption" || table.Column("color") == nil {
		t.Errorf("the table is %+v", table)
	}
	c := s.Client()
	c.Post("/badge", `{"title":"Gold","color":"red"}`).Want(200, "title", "Gold", "color", "red")
	c.Post("/badge", `{"title":"Gold","secret":"x"}`).WantCode(400, "FIELD_NOT_ALLOWED")
}

// TestCoreTableKeepsItsName: a plugin names columns that it adds to a core table, but the options name the table.
func TestCoreTableKeepsItsName(t *testing.T) {
	var told bytes.Buffer
	m := auth.Manifest{
		ID:     "badges",
		Models: []store.Model{{Name: "user", Fields: []store.Field{{Name: "badge", Type: store.String, Optional: true}}}},
		Rename: map[string]auth.ModelOptions{"user": {ModelName: "medal", Fields: map[string]string{"badge": "pin"}}},
	}
	for want, o := range map[string]auth.Options{"user": {}, "people": {User: auth.UserOptions{ModelOptions: auth.ModelOptions{ModelName: "people"}}}} {
		o.Plugins, o.Logger = []auth.Plugin{m}, slog.New(slog.NewTextHandler(&told, nil))
		table := authtest.New(t, o).Store.Table("user")
		if table.Name != want || table.Column("badge").Physical != "pin" {
			t.Errorf("the table is %+v", table)
		}
	}
	if n := strings.Count(told.String(), "a plugin cannot rename this table"); n != 2 {
		t.Errorf("logged %d times: %s", n, told.String())
	}
}

// TestTrustedOrigins: origins that plugins trust count besides those of the options.
func TestTrustedOrigins(t *testing.T) {
	of := func(id, scheme string) auth.Manifest {
		return auth.Manifest{ID: id, Provides: auth.Services{TrustedOrigins: func(o *auth.Options) []string {
			if o.Mode != auth.Development {
				t.Errorf("the mode is %q", o.Mode)
			}
			return []string{scheme + "://"}
		}}}
	}
	s := authtest.New(t, auth.Options{TrustedOrigins: auth.TrustedOrigins{List: []string{"own://"}}, Plugins: []auth.Plugin{of("one", "one"), of("two", "two")}})
	c := s.Client()
	c.SignUp("ann@example.com")
	for origin, want := range map[string]int{authtest.Origin: 200, "own://": 200, "one://x": 200, "two://": 200, "three://": 403} {
		c.Origin = origin
		c.Post("/update-user", `{"name":"Ann"}`).Want(want)
	}
}

// TestManifestsThatDoNotFit: a mistake in a manifest ends New with an error that names the plugin.
func TestManifestsThatDoNotFit(t *testing.T) {
	badge := store.Model{Name: "badge", Fields: []store.Field{{Name: "title", Type: store.String}}}
	for want, m := range map[string]auth.Manifest{
		`declares the model "badge" twice`:        {Models: []store.Model{badge, badge}},
		"has a model without a name":              {Models: []store.Model{{}}},
		"schema.medal: the plugin has no such":    {Models: []store.Model{badge}, Rename: map[string]auth.ModelOptions{"medal": {}}},
		"there is no field":                       {Models: []store.Model{badge}, Rename: map[string]auth.ModelOptions{"badge": {Fields: map[string]string{"name": "x"}}}},
		"a job needs a name":                      {Jobs: []auth.Job{{}}},
		"endpoint x has no session rule":          {Endpoints: []auth.Endpoint{auth.Handle(auth.Route{ID: "x", Methods: []string{"GET"}, Path: "/x"}, func(*auth.Context, *auth.None) (*auth.Nothing, error) { return nil, nil })}},
		"user.emailVerified is string, but elsew": {Models: []store.Model{{Name: "user", Fields: []store.Field{{Name: "emailVerified", Type: store.String}}}}},
	} {
		m.ID = "badges"
		if _, err := newPlain(auth.Options{Plugins: []auth.Plugin{m}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
