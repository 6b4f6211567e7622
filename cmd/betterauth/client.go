package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

type clientCmd struct {
	Create       clientCreateCmd       `cmd:"" help:"Register a client, and print its id and secret. The secret is shown once."`
	List         clientListCmd         `cmd:"" help:"List the clients, oldest first. Secrets are never shown."`
	RotateSecret clientRotateSecretCmd `cmd:"" help:"Give a client a new secret. The old one stops working at once."`
	Delete       clientDeleteCmd       `cmd:"" help:"Delete a client with its tokens and the consents of users."`
}

type clientCreateCmd struct {
	configFlags
	Name              string   `arg:"" help:"Name that users see when they are asked to allow the client."`
	RedirectURI       []string `help:"Address to which browsers return, compared exactly. May be repeated."`
	PostLogoutURI     []string `name:"post-logout-uri" help:"Address to which browsers return after signing out."`
	Public            bool     `help:"A client that cannot keep a secret: an app in the browser or on a device."`
	Native            bool     `help:"An app on a device: redirect URIs of this machine and of private schemes are allowed."`
	AuthMethod        string   `help:"How the client authenticates. Default: client_secret_basic." enum:",client_secret_basic,client_secret_post,private_key_jwt" default:""`
	JWKSFile          string   `name:"jwks-file" type:"existingfile" help:"Public keys (JSON) of a client with private_key_jwt."`
	Scope             []string `help:"Scopes that the client may ask for. Default: those of the server."`
	ClientCredentials []string `help:"Scopes that the client gets for itself, with the grant client_credentials."`
	SkipConsent       bool     `help:"Do not ask users, because the client is your own."`
	EndSession        bool     `help:"Let the client sign users out here."`
	JSON              bool     `name:"json" help:"Print the client as JSON."`
}

// Run registers a client.
func (cmd *clientCreateCmd) Run(w *world) error {
	srv, err := w.clients(cmd.configFlags)
	if err != nil {
		return err
	}
	defer srv.Close()
	body, err := cmd.metadata()
	if err != nil {
		return err
	}
	out, err := srv.Call(w.ctx, "operatorCreateOAuthClient", auth.Input{Body: body})
	if err != nil {
		return clientError(err)
	}
	var made shownClient
	if err := json.Unmarshal(out.JSON(), &made); err != nil {
		return err
	}
	if cmd.JSON {
		return w.writeJSON(json.RawMessage(out.JSON()))
	}
	fmt.Fprintf(w.stdout, "client_id:     %s\n", made.ID)
	if made.Secret != "" {
		fmt.Fprintf(w.stdout, "client_secret: %s (shown once)\n", made.Secret)
	}
	fmt.Fprintf(w.stdout, "issuer:        %s\n", srv.setup.endpoints(srv, srv.setup.file.BaseURL()))
	return nil
}

func (cmd *clientCreateCmd) metadata() (*js.Object, error) {
	body := js.Obj("client_name", cmd.Name)
	put := func(name string, values []string) {
		if len(values) > 0 {
			body.Set(name, values)
		}
	}
	put("redirect_uris", cmd.RedirectURI)
	put("post_logout_redirect_uris", cmd.PostLogoutURI)
	put("client_credentials_scopes", cmd.ClientCredentials)
	grants := []string{}
	if len(cmd.RedirectURI) > 0 {
		grants = append(grants, "authorization_code", "refresh_token")
	}
	if len(cmd.ClientCredentials) > 0 {
		grants = append(grants, "client_credentials")
	}
	if len(grants) == 0 {
		return nil, errors.New("give --redirect-uri for a client that signs users in, or --client-credentials for one that acts for itself")
	}
	put("grant_types", grants)
	if len(cmd.Scope) > 0 {
		body.Set("scope", strings.Join(cmd.Scope, " "))
	}
	switch {
	case cmd.Public && cmd.AuthMethod != "":
		return nil, errors.New("a public client does not authenticate: leave out --auth-method or --public")
	case cmd.Public:
		body.Set("token_endpoint_auth_method", "none")
	case cmd.AuthMethod != "":
		body.Set("token_endpoint_auth_method", cmd.AuthMethod)
	}
	if cmd.Native {
		body.Set("application_type", "native")
	}
	if cmd.SkipConsent {
		body.Set("skip_consent", true)
	}
	if cmd.EndSession || len(cmd.PostLogoutURI) > 0 {
		body.Set("enable_end_session", true)
	}
	if cmd.JWKSFile != "" {
		text, err := os.ReadFile(cmd.JWKSFile)
		if err != nil {
			return nil, err
		}
		keys, err := js.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", cmd.JWKSFile, err)
		}
		body.Set("jwks", keys)
	}
	return body, nil
}

// shownClient are the members of a client's metadata that are printed.
type shownClient struct {
	ID        string   `json:"client_id"`
	Secret    string   `json:"client_secret"`
	Name      string   `json:"client_name"`
	Method    string   `json:"token_endpoint_auth_method"`
	Redirects []string `json:"redirect_uris"`
	Disabled  bool     `json:"disabled"`
}

type clientListCmd struct {
	configFlags
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists the clients.
func (cmd *clientListCmd) Run(w *world) error {
	srv, err := w.clients(cmd.configFlags)
	if err != nil {
		return err
	}
	defer srv.Close()
	out, err := srv.Call(w.ctx, "operatorListOAuthClients", auth.Input{})
	if err != nil {
		return clientError(err)
	}
	if cmd.JSON {
		return w.writeJSON(json.RawMessage(out.JSON()))
	}
	var list []shownClient
	if err := json.Unmarshal(out.JSON(), &list); err != nil {
		return err
	}
	if len(list) == 0 {
		fmt.Fprintln(w.stdout, "There are no clients.")
		return nil
	}
	t := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tNAME\tAUTHENTICATION\tRETURNS TO")
	for _, c := range list {
		name := fmt.Sprintf("%q", c.Name) // a client chooses its name: no control characters
		if c.Disabled {
			name += " (disabled)"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", c.ID, name, c.Method, strings.Join(c.Redirects, " "))
	}
	return t.Flush()
}

// clientID names a client on the command line.
type clientID struct {
	configFlags
	ID string `arg:"" help:"The client_id."`
}

type clientRotateSecretCmd struct{ clientID }

// Run gives a client a new secret.
func (cmd *clientRotateSecretCmd) Run(w *world) error {
	srv, err := w.clients(cmd.configFlags)
	if err != nil {
		return err
	}
	defer srv.Close()
	out, err := srv.Call(w.ctx, "operatorRotateOAuthClientSecret", auth.Input{Body: js.Obj("client_id", cmd.ID)})
	if err != nil {
		return clientError(err)
	}
	var made shownClient
	if err := json.Unmarshal(out.JSON(), &made); err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "client_secret: %s (shown once)\n", made.Secret)
	return nil
}

type clientDeleteCmd struct{ clientID }

// Run deletes a client.
func (cmd *clientDeleteCmd) Run(w *world) error {
	srv, err := w.clients(cmd.configFlags)
	if err != nil {
		return err
	}
	defer srv.Close()
	if _, err := srv.Call(w.ctx, "operatorDeleteOAuthClient", auth.Input{Body: js.Obj("client_id", cmd.ID)}); err != nil {
		return clientError(err)
	}
	fmt.Fprintf(w.stdout, "Deleted %s.\n", cmd.ID)
	return nil
}

// clients opens a server that has the plugin oauth-provider, or mcp, which contains it.
func (w *world) clients(f configFlags) (*server, error) {
	s, err := w.read(f)
	if err != nil {
		return nil, err
	}
	srv, err := s.openMigrated(w)
	if err != nil {
		return nil, err
	}
	if !srv.HasEndpoint("operatorCreateOAuthClient") {
		return nil, errors.Join(fmt.Errorf("%s: the plugin oauth-provider is not on, so there are no clients", s.name()), srv.Close())
	}
	return srv, nil
}

// clientError returns the description of an OAuth error.
func clientError(err error) error {
	known, ok := errors.AsType[*auth.Error](err)
	if !ok {
		return err
	}
	if body, isObject := known.Body.(*js.Object); isObject {
		for _, name := range []string{"error_description", "message", "error"} {
			if text, ok := body.Get(name); ok {
				return fmt.Errorf("%v", text)
			}
		}
	}
	if known.Message != "" {
		return errors.New(known.Message)
	}
	return err
}
