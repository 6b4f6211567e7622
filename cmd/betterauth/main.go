// Command betterauth is the Better Auth server as one program. It serves,
// migrates the database, checks a configuration, and manages secrets, keys and
// users:
//
//	betterauth serve --config betterauth.yaml
//	betterauth doctor
//	betterauth user create ada@example.com
package main

// Only this package and config read flags and the environment. Endpoints and the
// grammar of the config file are elsewhere.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	_ "time/tzdata" // time zones by name, also in an image without zone files

	"github.com/alecthomas/kong"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// Exit statuses.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	os.Exit(run(&world{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		env: os.Getenv, now: time.Now, ctx: context.Background(),
	}, os.Args[1:]))
}

// world holds what a command uses of its environment.
type world struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            func(string) string
	now            func() time.Time
	ctx            context.Context
}

// saying returns the same world with another standard error.
func (w *world) saying(stderr io.Writer) *world {
	other := *w
	other.stderr = stderr
	return &other
}

// commandLine lists the commands.
type commandLine struct {
	Serve    serveCmd    `cmd:"" help:"Serve. Without a config file: a development server on an SQLite file."`
	Migrate  migrateCmd  `cmd:"" help:"Add the tables, columns and indexes that the database lacks. Never drops anything."`
	Generate generateCmd `cmd:"" help:"Print the SQL that migrate would run."`
	Doctor   doctorCmd   `cmd:"" help:"Find mistakes in configuration, database and addresses, and print the remedy of each."`
	Config   configCmd   `cmd:"" help:"Check a config file, or print its JSON Schema."`
	Secret   secretCmd   `cmd:"" help:"Print a new secret."`
	Keys     keysCmd     `cmd:"" help:"List and rotate the keys that tokens are signed with."`
	Client   clientCmd   `cmd:"" help:"Register, list and delete OAuth clients, programs that sign their users in here."`
	Outbox   outboxCmd   `cmd:"" help:"Show the messages that development kept instead of sending."`
	Audit    auditCmd    `cmd:"" help:"Show, verify and export the audit log."`
	User     userCmd     `cmd:"" help:"Create, list, invite, export and delete users, set passwords."`
	Waiting  waitingCmd  `cmd:"" help:"List, approve and remove the addresses that the sign-up gate refused."`
	Version  versionCmd  `cmd:"" help:"Print the version, and that of the reference it matches."`

	blackboxCommands
}

// configFlags select the configuration of a command.
type configFlags struct {
	Config   string `short:"c" placeholder:"FILE" help:"Config file, YAML or JSON. Default: $$BETTER_AUTH_CONFIG, else betterauth.yaml, .yml or .json here if there is one."`
	Mode     string `placeholder:"MODE" help:"development, test or production. Default: mode in the file, $$BETTER_AUTH_MODE, $$NODE_ENV; else production with a config file and development without."`
	Realm    string `placeholder:"NAME" help:"One realm of a config file with realms. Needed by commands that are for one server; serve, migrate and doctor take all."`
	Database string `placeholder:"URL" help:"Database, instead of the file's and of $$DATABASE_URL: postgres://…, mysql://…, sqlite:FILE or none."`
}

// exitCode is thrown to leave the parser after it has printed the help.
type exitCode int

// run parses args, runs the command and returns the exit status.
func run(w *world, args []string) (status int) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case exitCode:
			status = int(r)
		default:
			panic(r)
		}
	}()
	cli := commandLine{blackboxCommands: blackboxCommands{}}
	parser, err := kong.New(&cli,
		kong.Name("betterauth"),
		kong.Description("Better Auth server in Go, compatible with the npm package better-auth "+reference+"."),
		kong.Writers(w.stdout, w.stderr),
		kong.Exit(func(code int) { panic(exitCode(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Bind(w),
	)
	if err != nil {
		fmt.Fprintln(w.stderr, "betterauth:", err)
		return exitUsage
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(w.stderr, "betterauth: %v (try --help)\n", err)
		return exitUsage
	}
	return w.status(command.Run(w))
}

// errFindings ends a command that has already printed everything.
var errFindings = errors.New("there are findings")

func (w *world) status(err error) int {
	if err == nil {
		return 0
	}
	if refused, ok := errors.AsType[*auth.Error](err); ok && refused.Message != "" {
		err = errors.New(refused.Message)
	}
	if !errors.Is(err, errFindings) {
		fmt.Fprintln(w.stderr, "betterauth:", err)
	}
	return exitFailed
}
