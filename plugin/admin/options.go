package admin

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/option"
)

// RoleNames are names of roles. In a file they are a list, or a text with commas.
type RoleNames []string

// UnmarshalJSON reads a list or a text.
func (r *RoleNames) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*r = strings.Split(one, ",")
		return nil
	}
	var list []string
	if json.Unmarshal(text, &list) != nil {
		return errors.New("must be a list of roles, or a text with commas")
	}
	*r = list
	return nil
}

// OptionShape implements [option.Shaper].
func (RoleNames) OptionShape() option.Shape {
	return option.Shape{Text: true, List: reflect.TypeFor[string]()}
}

// BannedMessage is the option bannedUserMessage: a text, or a callback that makes one for a user.
type BannedMessage struct {
	Text string
	Func callback.Func[Banned, string]
}

// Banned is the argument of bannedUserMessage: the user who cannot sign in.
type Banned struct {
	User *auth.User `arg:"0"`
}

// UnmarshalJSON reads a text or a webhook.
func (m *BannedMessage) UnmarshalJSON(text []byte) error {
	if json.Unmarshal(text, &m.Text) == nil {
		return nil
	}
	return m.Func.UnmarshalJSON(text)
}

// BindCallback implements [callback.Binder].
func (m *BannedMessage) BindCallback(event string, caller *callback.Caller) error {
	return m.Func.BindCallback(event, caller)
}

// OptionShape implements [option.Shaper].
func (BannedMessage) OptionShape() option.Shape { return option.Shape{Text: true, Callback: true} }
