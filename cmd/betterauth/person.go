package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/seed-32bd42cb/betterauth/store"
)

type userExportCmd struct {
	configFlags
	User   string `arg:"" help:"E-mail address or id."`
	Output string `short:"o" placeholder:"FILE" help:"File to write, which must not exist. Default: standard output."`
}

// Run writes everything that is stored about a user as JSON.
func (u *userExportCmd) Run(w *world) error {
	srv, err := w.users(u.configFlags)
	if err != nil {
		return err
	}
	defer srv.Close()
	user, err := findUser(w.ctx, srv.Auth, u.User)
	if err != nil {
		return err
	}
	if u.Output == "" {
		return srv.Export(w.ctx, user.ID, w.stdout)
	}
	if err := writeWhole(u.Output, func(out io.Writer) error { return srv.Export(w.ctx, user.ID, out) }); err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "Wrote what is stored about %s to %s.\n", plain(user.Email), u.Output)
	return nil
}

// writeWhole writes a new file that only its owner may read. If write fails, there is no file.
func writeWhole(path string, write func(out io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists", path)
	}
	if err != nil {
		return err
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

type userDeleteCmd struct {
	configFlags
	User string `arg:"" help:"E-mail address or id."`
	Yes  bool   `short:"y" help:"Do not ask for confirmation."`
}

// Run deletes a user, after the grace period if there is one.
func (u *userDeleteCmd) Run(w *world) error {
	return withUser(w, u.configFlags, u.User, func(srv *server, id, email string) error {
		if srv.Options.User.DeleteUser.GracePeriod > 0 {
			if err := w.confirm(u.Yes, fmt.Sprintf("Sign %s out and erase everything about the user after the grace period? Type yes: ", email)); err != nil {
				return err
			}
			at, err := srv.ScheduleDeletion(w.ctx, id)
			if err != nil {
				return err
			}
			fmt.Fprintf(w.stdout, "%s will be erased at %s, unless the user signs in before.\n", email, stamp(at))
			return nil
		}
		if err := w.confirm(u.Yes, fmt.Sprintf("Delete %s with all sessions and accounts? Type yes: ", email)); err != nil {
			return err
		}
		err := srv.Users.Delete(w.ctx, id)
		if errors.Is(err, store.ErrDropped) {
			return errors.New("a database hook prevented the deletion")
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(w.stdout, "Deleted %s.\n", email)
		return nil
	})
}

type userRestoreCmd struct {
	configFlags
	User string `arg:"" help:"E-mail address or id."`
}

// Run takes back the deletion of a user.
func (u *userRestoreCmd) Run(w *world) error {
	return withUser(w, u.configFlags, u.User, func(srv *server, id, email string) error {
		ok, err := srv.Restore(w.ctx, id)
		switch {
		case err != nil:
			return err
		case !ok:
			return fmt.Errorf("%s is not going to be erased", email)
		}
		fmt.Fprintf(w.stdout, "%s stays.\n", email)
		return nil
	})
}

type userEraseCmd struct {
	configFlags
	User string `arg:"" help:"E-mail address or id."`
	Yes  bool   `short:"y" help:"Do not ask for confirmation."`
}

// Run deletes a user and everything about the user at once.
func (u *userEraseCmd) Run(w *world) error {
	return withUser(w, u.configFlags, u.User, func(srv *server, id, email string) error {
		if err := w.confirm(u.Yes, fmt.Sprintf("Erase %s and everything about the user, at once and for good? Type yes: ", email)); err != nil {
			return err
		}
		if err := srv.Erase(w.ctx, id); err != nil {
			return err
		}
		fmt.Fprintf(w.stdout, "Erased %s.\n", email)
		return nil
	})
}

// withUser runs a command for one user, whose address it passes in a form for the terminal.
func withUser(w *world, flags configFlags, which string, run func(srv *server, id, email string) error) error {
	srv, err := w.users(flags)
	if err != nil {
		return err
	}
	defer srv.Close()
	user, err := findUser(w.ctx, srv.Auth, which)
	if err != nil {
		return err
	}
	return run(srv, user.ID, plain(user.Email))
}

// confirm asks for a yes, unless it was given already.
func (w *world) confirm(yes bool, question string) error {
	if yes {
		return nil
	}
	answer, err := w.ask(question)
	if err != nil {
		return err
	}
	if answer != "yes" {
		return errors.New("nothing was deleted")
	}
	return nil
}
