package base

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
)

type okAnswer struct {
	OK bool `json:"ok"`
}

var ok = auth.Handle(auth.Route{
	ID: "ok", Methods: []string{http.MethodGet}, Path: "/ok", Session: auth.Public, Hidden: true, Storeless: true, Summary: "Check if the API is working",
}, func(*auth.Context, *auth.None) (*okAnswer, error) { return &okAnswer{OK: true}, nil })
