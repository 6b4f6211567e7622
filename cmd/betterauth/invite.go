package main

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
)

type userInviteCmd struct {
	configFlags
	Email  string        `arg:"" help:"E-mail address."`
	For    time.Duration `help:"How long the invitation is valid, such as 72h. Default: signUp.invitationExpiresIn."`
	Revoke bool          `help:"Take the invitation back."`
}

// Run lets an address sign up, or no longer.
func (u *userInviteCmd) Run(w *world) error {
	if u.For < 0 {
		return errors.New("--for must be positive")
	}
	return withGate(w, u.configFlags, func(srv *server, gate *auth.SignUpGate) error {
		if u.Revoke {
			if err := gate.Uninvite(w.ctx, u.Email); err != nil {
				return err
			}
			fmt.Fprintf(w.stdout, "%s is not invited any more.\n", plain(u.Email))
			return nil
		}
		if taken, err := srv.Users.FindByEmail(w.ctx, u.Email); err != nil {
			return err
		} else if taken != nil {
			return fmt.Errorf("a user with the address %s exists", u.Email)
		}
		made, err := gate.Invite(w.ctx, u.Email, u.For)
		if err != nil {
			return err
		}
		fmt.Fprintf(w.stdout, "%s may sign up until %s.\n", plain(made.Email), stamp(made.ExpiresAt))
		return nil
	})
}

type userInvitationsCmd struct {
	configFlags
	Last int  `default:"100" help:"Largest number of invitations to show."`
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists the invitations.
func (u *userInvitationsCmd) Run(w *world) error {
	if u.Last < 1 {
		return errors.New("--last must be above 0")
	}
	return withGate(w, u.configFlags, func(_ *server, gate *auth.SignUpGate) error {
		list, err := gate.Invitations(w.ctx, u.Last)
		if err != nil {
			return err
		}
		if u.JSON {
			return w.writeJSON(list)
		}
		t := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "E-MAIL\tINVITED\tUNTIL")
		for _, i := range list {
			fmt.Fprintf(t, "%s\t%s\t%s\n", plain(i.Email), stamp(i.CreatedAt), stamp(i.ExpiresAt))
		}
		return t.Flush()
	})
}

type waitingCmd struct {
	List    waitingListCmd    `cmd:"" default:"withargs" help:"List the addresses that were refused, the first ones in front."`
	Approve waitingApproveCmd `cmd:"" help:"Invite addresses of the waiting list. The server sends no message about it."`
	Remove  waitingRemoveCmd  `cmd:"" help:"Remove addresses from the waiting list."`
}

type waitingListCmd struct {
	configFlags
	Last int  `default:"100" help:"Largest number of addresses to show."`
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists the addresses that were refused.
func (l *waitingListCmd) Run(w *world) error {
	if l.Last < 1 {
		return errors.New("--last must be above 0")
	}
	return withGate(w, l.configFlags, func(_ *server, gate *auth.SignUpGate) error {
		list, err := gate.WaitingList(w.ctx, l.Last)
		if err != nil {
			return err
		}
		if l.JSON {
			return w.writeJSON(list)
		}
		t := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "E-MAIL\tPROVEN\tTRIES\tFIRST\tLAST\tMETHOD")
		for _, one := range list {
			fmt.Fprintf(t, "%s\t%t\t%.0f\t%s\t%s\t%s\n", plain(one.Email), one.Proven, one.Tries, stamp(one.CreatedAt), stamp(one.TriedAt), plain(one.Method))
		}
		return t.Flush()
	})
}

type waitingApproveCmd struct {
	configFlags
	Emails []string      `arg:"" name:"email" help:"E-mail addresses."`
	For    time.Duration `help:"How long the invitations are valid, such as 72h. Default: signUp.invitationExpiresIn."`
}

// Run invites addresses of the waiting list.
func (a *waitingApproveCmd) Run(w *world) error {
	if a.For < 0 {
		return errors.New("--for must be positive")
	}
	return eachWaiting(w, a.configFlags, a.Emails, func(gate *auth.SignUpGate, email string) (string, error) {
		made, err := gate.Approve(w.ctx, email, a.For)
		if err != nil {
			return "", err
		}
		return "may sign up until " + stamp(made.ExpiresAt), nil
	})
}

type waitingRemoveCmd struct {
	configFlags
	Emails []string `arg:"" name:"email" help:"E-mail addresses."`
}

// Run removes addresses from the waiting list.
func (r *waitingRemoveCmd) Run(w *world) error {
	return eachWaiting(w, r.configFlags, r.Emails, func(gate *auth.SignUpGate, email string) (string, error) {
		return "removed", gate.RemoveWaiting(w.ctx, email)
	})
}

// eachWaiting does something for each of the addresses and reports all failures.
func eachWaiting(w *world, flags configFlags, emails []string, do func(gate *auth.SignUpGate, email string) (string, error)) error {
	return withGate(w, flags, func(_ *server, gate *auth.SignUpGate) error {
		var errs []error
		for _, email := range emails {
			done, err := do(gate, email)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			fmt.Fprintf(w.stdout, "%s: %s\n", plain(email), done)
		}
		return errors.Join(errs...)
	})
}

// withGate opens a server that has a sign-up gate.
func withGate(w *world, flags configFlags, run func(srv *server, gate *auth.SignUpGate) error) error {
	srv, err := w.users(flags)
	if err != nil {
		return err
	}
	defer srv.Close()
	gate := srv.SignUpGate()
	if gate == nil {
		return errors.New("everybody may sign up: signUp.allow is not set")
	}
	return run(srv, gate)
}

// stamp returns a time for people.
func stamp(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }
