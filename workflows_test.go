package betterauth

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// workflow contains the parts of a file in .github/workflows that the tests check.
type workflow struct {
	Name        string            `yaml:"name"`
	On          map[string]any    `yaml:"on"`
	Permissions map[string]string `yaml:"permissions"`
	Jobs        map[string]struct {
		Uses      string    `yaml:"uses"`
		Needs     string    `yaml:"needs"`
		RunsOn    string    `yaml:"runs-on"`
		Container container `yaml:"container"`
		Strategy  struct {
			Matrix map[string][]string `yaml:"matrix"`
		} `yaml:"strategy"`
		Steps []struct {
			Uses string `yaml:"uses"`
			Run  string `yaml:"run"`
		} `yaml:"steps"`
	} `yaml:"jobs"`
}

type container struct {
	Image string `yaml:"image"`
}

func workflows(t *testing.T) map[string]workflow {
	t.Helper()
	names, err := filepath.Glob(".github/workflows/*")
	if err != nil || len(names) == 0 {
		t.Fatal("no workflows", err)
	}
	all := map[string]workflow{}
	for _, name := range names {
		var w workflow
		if err := yaml.Unmarshal([]byte(read(t, name)), &w); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[filepath.Base(name)] = w
	}
	return all
}

var (
	pinned     = regexp.MustCompile(`^[\w-]+/[\w/-]+@v\d+(\.\d+)*$`)
	makeTarget = regexp.MustCompile(`\bmake ([a-z][\w-]*)`)
)

// TestWorkflows: each workflow parses, has only read permissions by default, names actions by a tag, and calls
// existing targets of the Makefile.
func TestWorkflows(t *testing.T) {
	makefile := "\n" + read(t, "Makefile")
	called := 0
	for name, w := range workflows(t) {
		if len(w.Permissions) != 1 || w.Permissions["contents"] != "read" {
			t.Errorf("%s: permissions %v, want contents: read", name, w.Permissions)
		}
		if len(w.On) == 0 || len(w.Jobs) == 0 {
			t.Errorf("%s: nothing starts it, or it does nothing", name)
		}
		for id, job := range w.Jobs {
			if _, ok := w.Jobs[job.Needs]; job.Needs != "" && !ok {
				t.Errorf("%s: %s needs %s, which is no job", name, id, job.Needs)
			}
			if path, local := strings.CutPrefix(job.Uses, "./"); local {
				read(t, path)
			} else if job.Uses != "" || job.RunsOn == "" || len(job.Steps) == 0 {
				t.Errorf("%s: %s runs nowhere or does nothing", name, id)
			}
			for _, step := range job.Steps {
				if step.Uses != "" && !pinned.MatchString(step.Uses) {
					t.Errorf("%s: %s uses %s, which is not pinned by a tag", name, id, step.Uses)
				}
				if (step.Uses == "") == (step.Run == "") {
					t.Errorf("%s: a step of %s needs either uses or run", name, id)
				}
				for _, m := range makeTarget.FindAllStringSubmatch(step.Run, -1) {
					called++
					if !strings.Contains(makefile, "\n"+m[1]+":") {
						t.Errorf("%s: %s calls make %s, which the Makefile lacks", name, id, m[1])
					}
				}
			}
		}
	}
	if called == 0 {
		t.Error("no workflow calls make")
	}
}

// TestGoVersions: the workflows and the image use the Go version of go.mod.
func TestGoVersions(t *testing.T) {
	m := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "go.mod"))
	if m == nil {
		t.Fatal("go.mod has no line go")
	}
	oldest, jobs := m[1], workflows(t)["test.yml"].Jobs
	if !slices.Equal(jobs["go"].Strategy.Matrix["go"], []string{oldest, "stable"}) {
		t.Errorf("test.yml tests with %v, want %s and stable", jobs["go"].Strategy.Matrix["go"], oldest)
	}
	if image := jobs["all"].Container.Image; !strings.HasPrefix(image, "golang:"+oldest+"-") {
		t.Errorf("test.yml runs in %s, want Go %s", image, oldest)
	}
	if !strings.Contains(read(t, "Dockerfile"), " golang:"+oldest+" AS build\n") {
		t.Errorf("the Dockerfile does not build with Go %s", oldest)
	}
	if !strings.Contains(read(t, "docs/compatibility.md"), "today "+oldest+".") {
		t.Errorf("docs/compatibility.md does not name Go %s", oldest)
	}
}

// TestIssueTemplates: each form has the fields that GitHub requires; GitHub does not show an invalid one.
func TestIssueTemplates(t *testing.T) {
	names, err := filepath.Glob(".github/ISSUE_TEMPLATE/*.yml")
	if err != nil || len(names) < 2 {
		t.Fatal("no issue templates", err)
	}
	for _, name := range names {
		var form struct {
			Name        string `yaml:"name"`
			Description string `yaml:"description"`
			Links       []struct {
				Name, URL, About string
			} `yaml:"contact_links"`
			Body []struct {
				Type       string         `yaml:"type"`
				ID         string         `yaml:"id"`
				Attributes map[string]any `yaml:"attributes"`
			} `yaml:"body"`
		}
		if err := yaml.Unmarshal([]byte(read(t, name)), &form); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if filepath.Base(name) == "config.yml" {
			for _, link := range form.Links {
				if link.Name == "" || link.About == "" || !strings.HasPrefix(link.URL, "https://") {
					t.Errorf("%s: an incomplete link %+v", name, link)
				}
			}
			continue
		}
		if form.Name == "" || form.Description == "" || len(form.Body) == 0 {
			t.Errorf("%s: name, description or body is missing", name)
		}
		seen := map[string]bool{}
		for _, field := range form.Body {
			if field.Type == "markdown" {
				if _, ok := field.Attributes["value"].(string); !ok {
					t.Errorf("%s: a markdown element without a text", name)
				}
				continue
			}
			if _, ok := field.Attributes["label"].(string); !ok || field.ID == "" || seen[field.ID] {
				t.Errorf("%s: the field %q has no label, or its id is missing or used twice", name, field.ID)
			}
			if options, ok := field.Attributes["options"].([]any); ok != (field.Type == "dropdown") {
				t.Errorf("%s: %s: options and type do not fit", name, field.ID)
			} else {
				for _, o := range options {
					if _, ok := o.(string); !ok {
						t.Errorf("%s: %s: the option %v is no text", name, field.ID, o)
					}
				}
			}
			seen[field.ID] = true
		}
	}
}

// TestVersion: the program and the changelog name the same latest release.
func TestVersion(t *testing.T) {
	release := regexp.MustCompile(`(?m)^\trelease += "(\d+\.\d+\.\d+)"$`).FindStringSubmatch(read(t, "cmd/betterauth/version.go"))
	headings := regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(read(t, "CHANGELOG.md"), -1)
	if release == nil || len(headings) < 2 || headings[0][1] != "Unreleased" {
		t.Fatalf("%v, %v", release, headings)
	}
	last := regexp.MustCompile(`^(\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$`).FindStringSubmatch(headings[1][1])
	if last == nil || last[1] != release[1] {
		t.Errorf("the program is %s, the last release in CHANGELOG.md %q", release[1], headings[1][1])
	}
}
