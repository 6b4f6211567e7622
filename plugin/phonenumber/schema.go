package phonenumber

import (
	"context"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// userFields returns the fields that the plugin adds to users.
func userFields() store.Model {
	return store.Model{Name: "user", Fields: []store.Field{
		{Name: "phoneNumber", Type: store.String, Optional: true, Unique: true, Sortable: true, Holds: store.HoldsAddress, Need: store.Need{UpTo: 16}},
		{Name: "phoneNumberVerified", Type: store.Boolean, Optional: true, ReadOnly: true},
	}}
}

// find returns the user with this number, or nil. The number must be the same text: a database may find another
// number that looks alike, or that has blanks at the end, whose owner has not proven anything.
func find(c *auth.Context, number string) (*auth.User, error) {
	user, err := c.Users.FindBy(c, "phoneNumber", number)
	if user != nil && user.Extra.Text("phoneNumber") != number {
		user = nil
	}
	return user, err
}

func isVerified(user *auth.User) bool { return user.Extra.True("phoneNumberVerified") }

// refuseChange refuses to change the number like other fields of a user. It can be removed.
func refuseChange(c *auth.Context) error {
	body, _ := c.Body.(*js.Object)
	if number, given := body.Get("phoneNumber"); given && number != nil {
		return auth.BadRequest(PhoneNumberCannotBeUpdated)
	}
	return nil
}

// isSet reports whether a row has a number.
func isSet(row store.Record) bool {
	number := row["phoneNumber"]
	_, absent := number.(js.Undefined)
	return number != nil && !absent
}

// beforeCreate keeps numbers that are not verified out of new rows.
func beforeCreate(ctx context.Context, row store.Record) (store.Record, error) {
	if !isSet(row) || row.True("phoneNumberVerified") {
		return nil, nil
	}
	if c := auth.From(ctx); c != nil {
		body, _ := c.Body.(*js.Object)
		if number, _ := body.Get("phoneNumber"); js.Truthy(number) {
			return nil, auth.BadRequest(PhoneNumberCannotBeSet)
		}
	}
	return store.Record{"phoneNumber": nil, "phoneNumberVerified": false}, nil
}

// beforeUpdate keeps numbers that are not verified out of changes, except those of an administrator. A number that is
// removed is not verified any more.
func beforeUpdate(ctx context.Context, change store.Record) (store.Record, error) {
	if number, given := change["phoneNumber"]; given && number == nil {
		return store.Record{"phoneNumberVerified": false}, nil
	}
	c := auth.From(ctx)
	if c == nil || !isSet(change) || change.True("phoneNumberVerified") || c.Route.Path == "/admin/update-user" {
		return nil, nil
	}
	return store.Record{"phoneNumber": js.Undefined{}}, nil
}
