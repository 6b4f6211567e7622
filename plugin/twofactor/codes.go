package twofactor

import "github.com/seed-32bd42cb/betterauth/auth"

// The error codes of this plugin, with the names and texts of the reference.
var (
	OTPNotEnabled            = auth.Code{Name: "OTP_NOT_ENABLED", Message: "OTP not enabled"}
	OTPNotConfigured         = auth.Code{Name: "OTP_NOT_CONFIGURED", Message: "OTP is not available"}
	OTPHasExpired            = auth.Code{Name: "OTP_HAS_EXPIRED", Message: "OTP has expired"}
	TOTPNotEnabled           = auth.Code{Name: "TOTP_NOT_ENABLED", Message: "TOTP not enabled"}
	TOTPAlreadyEnabled       = auth.Code{Name: "TOTP_ALREADY_ENABLED", Message: "TOTP is already enabled"}
	TOTPNotConfigured        = auth.Code{Name: "TOTP_NOT_CONFIGURED", Message: "TOTP is not available"}
	NotEnabled               = auth.Code{Name: "TWO_FACTOR_NOT_ENABLED", Message: "Two factor isn't enabled"}
	BackupCodesNotEnabled    = auth.Code{Name: "BACKUP_CODES_NOT_ENABLED", Message: "Backup codes aren't enabled"}
	InvalidBackupCode        = auth.Code{Name: "INVALID_BACKUP_CODE", Message: "Invalid backup code"}
	InvalidCode              = auth.Code{Name: "INVALID_CODE", Message: "Invalid code"}
	TooManyAttempts          = auth.Code{Name: "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE", Message: "Too many attempts. Please request a new code."}
	AccountTemporarilyLocked = auth.Code{
		Name:    "ACCOUNT_TEMPORARILY_LOCKED",
		Message: "Too many failed verification attempts. Your account is temporarily locked. Please try again later.",
	}
	InvalidCookie = auth.Code{Name: "INVALID_TWO_FACTOR_COOKIE", Message: "Invalid two factor cookie"}
)

func codes() []auth.Code {
	return []auth.Code{
		OTPNotEnabled, OTPNotConfigured, OTPHasExpired, TOTPNotEnabled, TOTPAlreadyEnabled, TOTPNotConfigured, NotEnabled,
		BackupCodesNotEnabled, InvalidBackupCode, InvalidCode, TooManyAttempts, AccountTemporarilyLocked, InvalidCookie,
	}
}

// Errors that the reference answers with other texts than those of its codes.
var (
	sessionNotCreated = auth.Code{Name: "FAILED_TO_CREATE_SESSION", Message: "failed to create session"}
	challengeNotEnded = auth.Code{Name: "FAILED_TO_INVALIDATE_TWO_FACTOR_CHALLENGE", Message: "Failed to invalidate two-factor challenge"}
	totpDisabled      = auth.Code{Name: TOTPNotConfigured.Name, Message: "totp isn't configured"}
	otpNotConfigured  = auth.Code{Name: OTPNotConfigured.Name, Message: "otp isn't configured"}
)
