package verify

import "errors"

// The reasons for rejecting a token. Match the errors of Verify with errors.Is.
var (
	// ErrMissing: the request has no bearer token.
	ErrMissing = errors.New("verify: no bearer token")
	// ErrMalformed: the text is not a signed token with the required claims.
	ErrMalformed = errors.New("verify: malformed token")
	// ErrAlgorithm: the signature algorithm is not accepted, or is not the one of
	// the key.
	ErrAlgorithm = errors.New("verify: signature algorithm not accepted")
	// ErrUnknownKey: the server's key set does not contain the token's key.
	ErrUnknownKey = errors.New("verify: unknown key")
	// ErrSignature: the signature is wrong.
	ErrSignature = errors.New("verify: wrong signature")
	// ErrExpired: the token has expired.
	ErrExpired = errors.New("verify: token expired")
	// ErrNotYetValid: the token is not valid yet.
	ErrNotYetValid = errors.New("verify: token not yet valid")
	// ErrIssuer: the token is from another issuer.
	ErrIssuer = errors.New("verify: wrong issuer")
	// ErrAudience: the token is meant for another audience.
	ErrAudience = errors.New("verify: wrong audience")
	// ErrInactive: the server says that the token is not active, because it has expired or
	// was revoked, or does not tell this resource about it.
	ErrInactive = errors.New("verify: token inactive")
	// ErrScope: the token is valid, but lacks a scope.
	ErrScope = errors.New("verify: missing scope")
	// ErrUnavailable: there are no usable keys, because the server could not be
	// reached. The token may be valid; try again later.
	ErrUnavailable = errors.New("verify: keys unavailable")
)
