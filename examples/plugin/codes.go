package notes

import "github.com/seed-32bd42cb/betterauth/auth"

// The errors that clients know by name. Messages are for people, and may change.
var (
	NoteNotFound = auth.Code{Name: "NOTE_NOT_FOUND", Message: "There is no such note"}
	TooManyNotes = auth.Code{Name: "TOO_MANY_NOTES", Message: "You cannot keep more notes"}
	NoteRefused  = auth.Code{Name: "NOTE_REFUSED", Message: "The note was refused"}
	LinkUsed     = auth.Code{Name: "NOTE_LINK_INVALID", Message: "The link has been used or has expired"}
	MottoTooLong = auth.Code{Name: "MOTTO_TOO_LONG", Message: "A motto has at most 80 characters"}
	InvalidPIN   = auth.Code{Name: "INVALID_PIN", Message: "The PIN is wrong"}
	Suspended    = auth.Code{Name: "NOTES_SUSPENDED", Message: "This account is suspended"}
)

func codes() []auth.Code {
	return []auth.Code{NoteNotFound, TooManyNotes, NoteRefused, LinkUsed, MottoTooLong, InvalidPIN, Suspended}
}
