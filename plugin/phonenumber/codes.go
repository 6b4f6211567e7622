package phonenumber

import "github.com/seed-32bd42cb/betterauth/auth"

// The error codes of this plugin, with the names and texts of the reference.
var (
	InvalidPhoneNumber             = auth.Code{Name: "INVALID_PHONE_NUMBER", Message: "Invalid phone number"}
	PhoneNumberExist               = auth.Code{Name: "PHONE_NUMBER_EXIST", Message: "Phone number already exists"}
	PhoneNumberNotExist            = auth.Code{Name: "PHONE_NUMBER_NOT_EXIST", Message: "phone number isn't registered"} // no call answers it
	InvalidPhoneNumberOrPassword   = auth.Code{Name: "INVALID_PHONE_NUMBER_OR_PASSWORD", Message: "Invalid phone number or password"}
	UnexpectedError                = auth.Code{Name: "UNEXPECTED_ERROR", Message: "Unexpected error"}
	OTPNotFound                    = auth.Code{Name: "OTP_NOT_FOUND", Message: "OTP not found"}
	OTPExpired                     = auth.Code{Name: "OTP_EXPIRED", Message: "OTP expired"}
	InvalidOTP                     = auth.Code{Name: "INVALID_OTP", Message: "Invalid OTP"}
	PhoneNumberNotVerified         = auth.Code{Name: "PHONE_NUMBER_NOT_VERIFIED", Message: "Phone number not verified"}
	PhoneNumberPendingVerification = auth.Code{Name: "PHONE_NUMBER_PENDING_VERIFICATION", Message: "Phone number requires account ownership proof"}
	PhoneNumberCannotBeUpdated     = auth.Code{Name: "PHONE_NUMBER_CANNOT_BE_UPDATED", Message: "Phone number cannot be updated"}
	PhoneNumberCannotBeSet         = auth.Code{Name: "PHONE_NUMBER_CANNOT_BE_SET", Message: "Phone number can only be set by verifying it"}
	SendOTPNotImplemented          = auth.Code{Name: "SEND_OTP_NOT_IMPLEMENTED", Message: "sendOTP not implemented"}
	TooManyAttempts                = auth.Code{Name: "TOO_MANY_ATTEMPTS", Message: "Too many attempts"}
)
