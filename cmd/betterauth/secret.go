package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-32bd42cb/betterauth/secret"
)

// secretFile is the file of the secret of a server without a config file.
const secretFile = "betterauth.secret"

type secretCmd struct{}

// Run prints a new secret.
func (secretCmd) Run(w *world) error {
	fmt.Fprintln(w.stdout, newSecret())
	return nil
}

// newSecret returns a secret with 256 bits of randomness.
func newSecret() string { return secret.Random(43) }

// hasSecret reports whether the environment has a secret.
func (w *world) hasSecret() bool {
	return w.env("BETTER_AUTH_SECRET")+w.env("AUTH_SECRET")+w.env("BETTER_AUTH_SECRETS") != ""
}

// keepSecret reads the secret in path, or creates one and stores it there. Two
// processes that start at once use the same secret: the second one reads that of
// the first.
func keepSecret(path string) (text string, made bool, err error) {
	text, err = readSecret(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return text, false, err
	}
	text = newSecret()
	temporary, err := os.CreateTemp(filepath.Dir(path), ".betterauth-secret-*") // mode 0600
	if err != nil {
		return "", false, fmt.Errorf("the secret cannot be kept in a file (set BETTER_AUTH_SECRET instead): %w", err)
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.WriteString(text + "\n")
	if err = errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return "", false, err
	}
	// Unlike a rename, a link does not replace a file that another process has
	// created.
	if err = os.Link(temporary.Name(), path); errors.Is(err, fs.ErrExist) {
		text, err = readSecret(path)
		return text, false, err
	}
	return text, err == nil, err
}

func readSecret(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s can be read by others: run `chmod 600 %s`", path, path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	text := strings.TrimSpace(string(data))
	if text == "" {
		return "", fmt.Errorf("%s is empty: remove it, and a new secret is created", path)
	}
	return text, nil
}
