package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type userCmd struct {
	Create      userCreateCmd      `cmd:"" help:"Create a user. The password is asked for, or read from standard input."`
	List        userListCmd        `cmd:"" help:"List users, newest first."`
	SetPassword userSetPasswordCmd `cmd:"" help:"Set a user's password and end the user's sessions. The password is asked for, or read from standard input."`
	MakeAdmin   userMakeAdminCmd   `cmd:"" help:"Give a user the role of an administrator. Needs the plugin admin."`
	Invite      userInviteCmd      `cmd:"" help:"Let an address sign up that the gate (signUp.allow) refuses. The server sends no message about it."`
	Invitations userInvitationsCmd `cmd:"" help:"List the invitations that are valid."`
	Export      userExportCmd      `cmd:"" help:"Write everything that is stored about a user as JSON, without secrets."`
	Delete      userDeleteCmd      `cmd:"" help:"Delete a user with all sessions and accounts; after user.deleteUser.gracePeriod if it is set."`
	Restore     userRestoreCmd     `cmd:"" help:"Take the deletion of a user back within the grace period."`
	Erase       userEraseCmd       `cmd:"" help:"Delete a user and every row about the user at once."`
}

// listedUser is the printed form of a user.
type listedUser struct {
	ID            string `json:"id"`
	Email         string `json:"email"`
	Name          string `json:"name"`
	EmailVerified bool   `json:"emailVerified"`
	CreatedAt     string `json:"createdAt"`
}

func shownUser(u *auth.User) listedUser {
	shown := listedUser{ID: u.ID, Email: u.Email, Name: u.Name, EmailVerified: u.EmailVerified}
	if !u.CreatedAt.IsZero() {
		shown.CreatedAt = u.CreatedAt.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return shown
}

type userCreateCmd struct {
	configFlags
	Email      string `arg:"" help:"E-mail address."`
	Name       string `help:"Name. Default: the address."`
	Verified   bool   `help:"Mark the address as verified."`
	NoPassword bool   `help:"Create the user without a password."`
	Admin      bool   `help:"Give the user the role of an administrator. Needs the plugin admin."`
	JSON       bool   `name:"json" help:"Print the user as JSON."`
}

// Run creates a user.
func (u *userCreateCmd) Run(w *world) error {
	if _, issues := schema.String().Email().Check(u.Email); len(issues) > 0 {
		return fmt.Errorf("%q is not an e-mail address", u.Email)
	}
	srv, err := w.users(u.configFlags)
	if err != nil {
		return err
	}
	defer srv.Close()
	role := ""
	if u.Admin {
		if role, err = srv.adminRole(); err != nil {
			return err
		}
	}
	if taken, err := srv.Users.FindByEmail(w.ctx, u.Email); err != nil {
		return err
	} else if taken != nil && u.Admin {
		return fmt.Errorf("a user with the address %s exists; `betterauth user make-admin%s %s` makes the user an administrator", u.Email, srv.setup.flags(), u.Email)
	} else if taken != nil {
		return fmt.Errorf("a user with the address %s exists", u.Email)
	}
	hash := ""
	if !u.NoPassword {
		if hash, err = w.newPasswordHash(srv.Auth); err != nil {
			return err
		}
	}
	row := store.Record{"email": auth.LowerCase(u.Email), "name": u.Name, "emailVerified": u.Verified}
	if u.Name == "" {
		row["name"] = u.Email
	}
	if u.Admin {
		row["role"] = role
	}
	user, err := createUser(w.ctx, srv.Auth, row, hash)
	if err != nil {
		return err
	}
	if u.JSON {
		return w.writeJSON(shownUser(user))
	}
	fmt.Fprintf(w.stdout, "Created user %s (%s).\n", user.Email, user.ID)
	if u.Admin {
		srv.sayAdministrator(w, role)
	}
	return nil
}

// createUser creates the user and its password, both or neither.
func createUser(ctx context.Context, a *auth.Auth, row store.Record, hash string) (user *auth.User, err error) {
	err = a.Store.Tx(ctx, func(ctx context.Context) error {
		if user, err = a.Users.Create(auth.Admitted(ctx), row, "email-password"); err != nil || hash == "" {
			return err
		}
		return store.UnlessDropped(a.Accounts.LinkPassword(ctx, user.ID, hash))
	})
	if errors.Is(err, store.ErrDropped) {
		return nil, errors.New("a database hook dropped the user")
	}
	return user, err
}

type userListCmd struct {
	configFlags
	Limit  int  `default:"100" help:"Largest number of users to show."`
	Offset int  `help:"Number of users to skip first."`
	JSON   bool `name:"json" help:"Print JSON."`
}

// Run lists users.
func (u *userListCmd) Run(w *world) error {
	if u.Limit < 1 || u.Offset < 0 {
		return errors.New("--limit must be above 0, and --offset must not be negative")
	}
	srv, err := w.users(u.configFlags)
	if err != nil {
		return err
	}
	defer srv.Close()
	rows, err := srv.Store.Find(w.ctx, "user", store.Query{Sort: "-createdAt", Limit: u.Limit, Offset: u.Offset})
	if err != nil {
		return err
	}
	list := []listedUser{}
	for _, r := range rows {
		list = append(list, shownUser(srv.Users.Of(r)))
	}
	if u.JSON {
		return w.writeJSON(list)
	}
	t := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tE-MAIL\tVERIFIED\tCREATED\tNAME")
	for _, user := range list {
		fmt.Fprintf(t, "%s\t%s\t%t\t%s\t%s\n", user.ID, plain(user.Email), user.EmailVerified, user.CreatedAt, plain(user.Name))
	}
	return t.Flush()
}

// plain removes characters from users' texts that would control the terminal.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7F && r < 0xA0 {
			return '?'
		}
		return r
	}, s)
}

type userSetPasswordCmd struct {
	configFlags
	User         string `arg:"" help:"E-mail address or id."`
	KeepSessions bool   `help:"Do not end the user's sessions."`
}

// Run sets a user's password.
func (u *userSetPasswordCmd) Run(w *world) error {
	srv, err := w.users(u.configFlags)
	if err != nil {
		return err
	}
	defer srv.Close()
	user, err := findUser(w.ctx, srv.Auth, u.User)
	if err != nil {
		return err
	}
	hash, err := w.newPasswordHash(srv.Auth)
	if err != nil {
		return err
	}
	account, err := srv.Accounts.FindCredential(w.ctx, user.ID)
	if err != nil {
		return err
	}
	if account == nil {
		err = srv.Accounts.LinkPassword(w.ctx, user.ID, hash)
	} else {
		_, err = srv.Accounts.Update(w.ctx, account.ID, store.Record{"password": hash})
	}
	if errors.Is(err, store.ErrDropped) {
		return errors.New("a database hook dropped the password")
	}
	if err != nil {
		return err
	}
	if u.KeepSessions {
		fmt.Fprintf(w.stdout, "Set the password of %s.\n", plain(user.Email))
		return nil
	}
	if err := srv.Sessions.EndAll(w.ctx, user.ID); err != nil {
		return fmt.Errorf("the password is set, but the sessions could not be ended: %w", err)
	}
	fmt.Fprintf(w.stdout, "Set the password of %s and ended all sessions.\n", plain(user.Email))
	return nil
}

func (w *world) users(f configFlags) (*server, error) {
	s, err := w.read(f)
	if err != nil {
		return nil, err
	}
	return s.openMigrated(w)
}

// findUser returns a user by address or id.
func findUser(ctx context.Context, a *auth.Auth, which string) (*auth.User, error) {
	find := a.Users.Get
	if strings.Contains(which, "@") {
		find = a.Users.ByEmail
	}
	user, err := find(ctx, which)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrUnfit) { // ErrUnfit: not an id of this database
		err = fmt.Errorf("there is no user %s", which)
	}
	return user, err
}
