package oauthprovider_test

import (
	"testing"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
)

func TestMain(m *testing.M) { testserver.Main(m) }
