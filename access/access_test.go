package access_test

import (
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/access"
)

var editor = access.Statements{"article": {"create", "update"}, "user": {"list"}, "empty": {}}

func TestAuthorize(t *testing.T) {
	need, some := access.Need, access.NeedAny
	for _, test := range []struct {
		demands []access.Demand
		all     string // the error of Authorize
		any     bool   // whether AuthorizeAny allows
	}{
		{nil, "Not authorized", false},
		{[]access.Demand{need("article", "create")}, "", true},
		{[]access.Demand{need("article", "create", "update")}, "", true},
		{[]access.Demand{need("article", "create", "delete")}, `unauthorized to access resource "article"`, false},
		{[]access.Demand{some("article", "create", "delete")}, "", true},
		{[]access.Demand{some("article", "delete")}, `unauthorized to access resource "article"`, false},
		{[]access.Demand{need("article")}, `unauthorized to access resource "article"`, false},
		{[]access.Demand{some("article")}, `unauthorized to access resource "article"`, false},
		{[]access.Demand{need("empty", "x")}, `unauthorized to access resource "empty"`, false},
		{[]access.Demand{need("ghost", "x")}, "You are not allowed to access resource: ghost", false},
		{[]access.Demand{need("article", "create"), need("user", "ban")}, `unauthorized to access resource "user"`, true},
		{[]access.Demand{need("ghost", "x"), need("user", "list")}, "You are not allowed to access resource: ghost", true},
		{[]access.Demand{need("article", "create"), need("user", "list")}, "", true},
	} {
		got := ""
		if err := editor.Authorize(test.demands...); err != nil {
			got = err.Error()
		}
		if got != test.all {
			t.Errorf("%v: %q, want %q", test.demands, got, test.all)
		}
		if err := editor.AuthorizeAny(test.demands...); (err == nil) != test.any {
			t.Errorf("%v: any: %v", test.demands, err)
		}
	}
}

// TestAllow: one role alone must meet all demands, and unknown roles meet none.
func TestAllow(t *testing.T) {
	roles := access.Roles{"editor": editor, "banner": {"user": {"ban"}}}
	for _, test := range []struct {
		names string
		want  bool
	}{
		{"editor", true}, {"banner", false}, {"banner,editor", true}, {"ghost,editor", true}, {"ghost", false}, {"", false},
		{" editor", false}, {"Editor", false}, {"constructor", false},
	} {
		if got := roles.Allow(strings.Split(test.names, ","), access.Need("article", "create")); got != test.want {
			t.Errorf("%q: %v", test.names, got)
		}
	}
	if roles.Allow([]string{"editor", "banner"}, access.Need("article", "create"), access.Need("user", "ban")) {
		t.Error("two roles were added up")
	}
}

func TestCheck(t *testing.T) {
	control := access.Statements{"article": {"create", "update"}}.With(access.Statements{"user": {"list"}, "empty": {}})
	if err := control.Check(access.Roles{"editor": editor, "none": nil}); err != nil {
		t.Error(err)
	}
	err := control.Check(access.Roles{"a": {"article": {"create", "destroy"}}, "b": {"ghost": {"x"}}})
	for _, want := range []string{`role "a": the resource "article" has no action "destroy" (known: create, update)`, `role "b": there is no resource "ghost" (known: article, empty, user)`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %s", err, want)
		}
	}
	if len(access.Statements(nil).With(control)) != 3 {
		t.Error("With loses statements")
	}
}
