package verify

import "errors"

// Why a token is refused. Errors of Verify are these by errors.Is.
var (
	// ErrMissing: the request carries no bearer token.
	ErrMissing = errors.New("verify: no bearer token")
	// ErrMalformed: the text is no signed token with the claims needed.
	ErrMalformed = errors.New("verify: malformed token")
	// ErrAlgorithm: the signature algorithm is not accepted, or not the one
	// the key is for.
	ErrAlgorithm = errors.New("verify: signature algorithm not accepted")
	// ErrUnknownKey: the server's key set does not hold the token's key.
	ErrUnknownKey = errors.New("verify: unknown key")
	// ErrSignature: the signature does not fit.
	ErrSignature = errors.New("verify: wrong signature")
	// ErrExpired: the token's time is over.
	ErrExpired = errors.New("verify: token expired")
	// ErrNotYetValid: the token's time has not begun.
	ErrNotYetValid = errors.New("verify: token not yet valid")
	// ErrIssuer: the token is from someone else.
	ErrIssuer = errors.New("verify: wrong issuer")
	// ErrAudience: the token is meant for someone else.
	ErrAudience = errors.New("verify: wrong audience")
	// ErrUnavailable: there are no usable keys, because the server could not
	// be asked. The token may be good; try again later.
	ErrUnavailable = errors.New("verify: keys unavailable")
)
