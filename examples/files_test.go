// Package examples_test checks the files that need more than this machine to run:
// Dockerfile, compose file, configuration. It needs no container engine.
package examples_test

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/config"
)

func TestConfigLoads(t *testing.T) {
	for name, want := range map[string]struct {
		mode    auth.Mode
		plugins string
	}{
		"betterauth.yaml": {auth.Development, "jwt bearer magic-link passkey two-factor organization api-key oauth-provider generic-oauth"},
		"production.yaml": {auth.Production, "jwt bearer magic-link passkey two-factor organization api-key oauth-provider"},
	} {
		env := map[string]string{"BETTER_AUTH_SECRET": strings.Repeat("s3cret", 8), "BETTER_AUTH_MODE": string(want.mode)}
		f, err := config.Load(name, func(name string) string { return env[name] })
		if err != nil {
			t.Fatal(err)
		}
		var plugins []string
		for _, p := range f.Plugins {
			plugins = append(plugins, p.ID)
		}
		if f.BaseURL() != "http://localhost:3000" || f.Options.Mode != want.mode || strings.Join(plugins, " ") != want.plugins {
			t.Errorf("%s: base URL %q, mode %q, plugins %v", name, f.BaseURL(), f.Options.Mode, plugins)
		}
	}
}

func TestRunParses(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil && os.Getenv("CI") != "true" {
		t.Skip("node is not installed")
	}
	if out, err := exec.Command("node", "--check", "run").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// instructions returns the instructions of a Dockerfile, with continuation lines
// joined.
func instructions(t *testing.T) [][2]string {
	t.Helper()
	text, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	var all [][2]string
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\\\n", " ")) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, _ := strings.Cut(line, " ")
		all = append(all, [2]string{name, rest})
	}
	return all
}

func TestDockerfile(t *testing.T) {
	known := []string{"FROM", "ARG", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT", "CMD"}
	stages := map[string]bool{}
	last := map[string]string{}
	for _, in := range instructions(t) {
		name, rest := in[0], in[1]
		if !slices.Contains(known, name) {
			t.Errorf("unknown instruction %s", name)
		}
		if m := regexp.MustCompile(` AS (\w+)$`).FindStringSubmatch(rest); name == "FROM" && m != nil {
			stages[m[1]] = true
		}
		if m := regexp.MustCompile(`--from=(\w+)`).FindStringSubmatch(rest); name == "COPY" && m != nil && !stages[m[1]] {
			t.Errorf("COPY from %s, which is no stage above", m[1])
		}
		last[name] = rest
	}
	if last["FROM"] != "scratch" || last["USER"] == "" || strings.HasPrefix(last["USER"], "0") || strings.HasPrefix(last["USER"], "root") {
		t.Errorf("the image is FROM %s and runs as %q", last["FROM"], last["USER"])
	}
}

// An image FROM scratch has no loader and no libraries.
func TestStaticBinary(t *testing.T) {
	out := filepath.Join(t.TempDir(), "betterauth")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", out, "../cmd/betterauth")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	f, err := elf.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	libraries, err := f.ImportedLibraries()
	if err != nil || len(libraries) > 0 || f.Section(".interp") != nil {
		t.Errorf("not static: %v %v", libraries, err)
	}
}

func TestCompose(t *testing.T) {
	text, err := os.ReadFile("../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]struct {
			Image       string            `yaml:"image"`
			Build       string            `yaml:"build"`
			Command     []string          `yaml:"command"`
			Environment map[string]string `yaml:"environment"`
			Volumes     []string          `yaml:"volumes"`
			DependsOn   any               `yaml:"depends_on"`
		} `yaml:"services"`
		Volumes map[string]any `yaml:"volumes"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for name, s := range file.Services {
		if (s.Image == "") == (s.Build == "") {
			t.Errorf("%s: needs an image or a build, not both", name)
		}
		for _, v := range s.Volumes {
			from, _, _ := strings.Cut(v, ":")
			if _, err := os.Stat(filepath.Join("..", from)); strings.HasPrefix(from, ".") && err != nil {
				t.Error(err)
			} else if _, ok := file.Volumes[from]; !strings.HasPrefix(from, ".") && !ok {
				t.Errorf("%s: volume %s is not declared", name, from)
			}
		}
		for _, dependency := range dependencies(s.DependsOn) {
			if _, ok := file.Services[dependency]; !ok {
				t.Errorf("%s depends on %s, which is no service", name, dependency)
			}
		}
	}
	if file.Services["auth"].Environment["DATABASE_URL"] == "" {
		t.Errorf("services %v", file.Services)
	}
}

func dependencies(v any) (names []string) {
	switch v := v.(type) {
	case []any:
		for _, name := range v {
			if text, ok := name.(string); ok {
				names = append(names, text)
			}
		}
	case map[string]any:
		for name := range v {
			names = append(names, name)
		}
	}
	return names
}
