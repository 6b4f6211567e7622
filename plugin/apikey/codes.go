package apikey

import "github.com/seed-32bd42cb/betterauth/auth"

// The error codes of this plugin, with the names and texts of the reference.
var (
	InvalidMetadataType             = auth.Code{Name: "INVALID_METADATA_TYPE", Message: "metadata must be an object or undefined"}
	RefillAmountAndIntervalRequired = auth.Code{Name: "REFILL_AMOUNT_AND_INTERVAL_REQUIRED", Message: "refillAmount is required when refillInterval is provided"}
	RefillIntervalAndAmountRequired = auth.Code{Name: "REFILL_INTERVAL_AND_AMOUNT_REQUIRED", Message: "refillInterval is required when refillAmount is provided"}
	UserBanned                      = auth.Code{Name: "USER_BANNED", Message: "User is banned"}
	UnauthorizedSession             = auth.Code{Name: "UNAUTHORIZED_SESSION", Message: "Unauthorized or invalid session"}
	KeyNotFound                     = auth.Code{Name: "KEY_NOT_FOUND", Message: "API Key not found"}
	KeyDisabled                     = auth.Code{Name: "KEY_DISABLED", Message: "API Key is disabled"}
	KeyExpired                      = auth.Code{Name: "KEY_EXPIRED", Message: "API Key has expired"}
	UsageExceeded                   = auth.Code{Name: "USAGE_EXCEEDED", Message: "API Key has reached its usage limit"}
	KeyNotRecoverable               = auth.Code{Name: "KEY_NOT_RECOVERABLE", Message: "API Key is not recoverable"}
	ExpiresInIsTooSmall             = auth.Code{Name: "EXPIRES_IN_IS_TOO_SMALL", Message: "The expiresIn is smaller than the predefined minimum value."}
	ExpiresInIsTooLarge             = auth.Code{Name: "EXPIRES_IN_IS_TOO_LARGE", Message: "The expiresIn is larger than the predefined maximum value."}
	InvalidRemaining                = auth.Code{Name: "INVALID_REMAINING", Message: "The remaining count is either too large or too small."}
	InvalidPrefixLength             = auth.Code{Name: "INVALID_PREFIX_LENGTH", Message: "The prefix length is either too large or too small."}
	InvalidNameLength               = auth.Code{Name: "INVALID_NAME_LENGTH", Message: "The name length is either too large or too small."}
	MetadataDisabled                = auth.Code{Name: "METADATA_DISABLED", Message: "Metadata is disabled."}
	RateLimitExceeded               = auth.Code{Name: "RATE_LIMIT_EXCEEDED", Message: "Rate limit exceeded."}
	NoValuesToUpdate                = auth.Code{Name: "NO_VALUES_TO_UPDATE", Message: "No values to update."}
	KeyDisabledExpiration           = auth.Code{Name: "KEY_DISABLED_EXPIRATION", Message: "Custom key expiration values are disabled."}
	InvalidAPIKey                   = auth.Code{Name: "INVALID_API_KEY", Message: "Invalid API key."}
	InvalidUserID                   = auth.Code{Name: "INVALID_USER_ID_FROM_API_KEY", Message: "The user id from the API key is invalid."}
	InvalidReferenceID              = auth.Code{Name: "INVALID_REFERENCE_ID_FROM_API_KEY", Message: "The reference id from the API key is invalid."}
	InvalidGetterResult             = auth.Code{Name: "INVALID_API_KEY_GETTER_RETURN_TYPE", Message: "API Key getter returned an invalid key type. Expected string."}
	ServerOnlyProperty              = auth.Code{Name: "SERVER_ONLY_PROPERTY", Message: "The property you're trying to set can only be set from the server auth instance only."}
	FailedToUpdateAPIKey            = auth.Code{Name: "FAILED_TO_UPDATE_API_KEY", Message: "Failed to update API key"}
	NameRequired                    = auth.Code{Name: "NAME_REQUIRED", Message: "API Key name is required."}
	OrganizationIDRequired          = auth.Code{Name: "ORGANIZATION_ID_REQUIRED", Message: "Organization ID is required for organization-owned API keys."}
	UserNotMemberOfOrganization     = auth.Code{Name: "USER_NOT_MEMBER_OF_ORGANIZATION", Message: "You are not a member of the organization that owns this API key."}
	InsufficientAPIKeyPermissions   = auth.Code{Name: "INSUFFICIENT_API_KEY_PERMISSIONS", Message: "You do not have permission to perform this action on organization API keys."}
	NoDefaultConfiguration          = auth.Code{Name: "NO_DEFAULT_API_KEY_CONFIGURATION_FOUND", Message: "No default api-key configuration found."}
	OrganizationPluginRequired      = auth.Code{Name: "ORGANIZATION_PLUGIN_REQUIRED", Message: "Organization plugin is required for organization-owned API keys. Please install and configure the organization plugin."}
)

func codes() []auth.Code {
	return []auth.Code{
		InvalidMetadataType, RefillAmountAndIntervalRequired, RefillIntervalAndAmountRequired, UserBanned,
		UnauthorizedSession, KeyNotFound, KeyDisabled, KeyExpired,
		UsageExceeded, KeyNotRecoverable, ExpiresInIsTooSmall, ExpiresInIsTooLarge,
		InvalidRemaining, InvalidPrefixLength, InvalidNameLength, MetadataDisabled,
		RateLimitExceeded, NoValuesToUpdate, KeyDisabledExpiration, InvalidAPIKey,
		InvalidUserID, InvalidReferenceID, InvalidGetterResult, ServerOnlyProperty,
		FailedToUpdateAPIKey, NameRequired, OrganizationIDRequired, UserNotMemberOfOrganization,
		InsufficientAPIKeyPermissions, NoDefaultConfiguration, OrganizationPluginRequired,
	}
}
