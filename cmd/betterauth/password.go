package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// newPasswordHash asks for a new password and hashes it.
func (w *world) newPasswordHash(a *auth.Auth) (string, error) {
	password, err := w.newPassword()
	if err != nil {
		return "", err
	}
	if err := a.CheckPasswordLength(password); err != nil {
		return "", err
	}
	return a.Passwords.Hash(w.ctx, password)
}

// newPassword asks twice at a terminal, without echo; from other input it reads
// the first line. The password is never a flag, because other users of the
// machine could read that.
func (w *world) newPassword() (string, error) {
	f, ok := w.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return firstLine(w.stdin)
	}
	first, err := w.hidden(f, "Password: ")
	if err != nil {
		return "", err
	}
	again, err := w.hidden(f, "Once more: ")
	if err == nil && first != again {
		err = errors.New("the two passwords differ")
	}
	return first, err
}

func (w *world) hidden(f *os.File, prompt string) (string, error) {
	fmt.Fprint(w.stderr, prompt)
	text, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(w.stderr)
	return string(text), err
}

// ask prints a question and reads the answer.
func (w *world) ask(question string) (string, error) {
	fmt.Fprint(w.stderr, question)
	return firstLine(w.stdin)
}

func firstLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.New("standard input is empty")
	}
	return line, nil
}
