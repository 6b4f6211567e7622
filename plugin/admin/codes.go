package admin

import "github.com/seed-32bd42cb/betterauth/auth"

// The error codes of this plugin, with the names and texts of the reference. FAILED_TO_CREATE_USER,
// USER_ALREADY_EXISTS and USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL are codes of the engine too.
var (
	CannotBanYourself       = auth.Code{Name: "YOU_CANNOT_BAN_YOURSELF", Message: "You cannot ban yourself"}
	MayNotChangeRole        = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE", Message: "You are not allowed to change users role"}
	MayNotCreateUsers       = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS", Message: "You are not allowed to create users"}
	MayNotListUsers         = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS", Message: "You are not allowed to list users"}
	MayNotListSessions      = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS", Message: "You are not allowed to list users sessions"}
	MayNotBanUsers          = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS", Message: "You are not allowed to ban users"}
	MayNotImpersonate       = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS", Message: "You are not allowed to impersonate users"}
	MayNotRevokeSessions    = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS", Message: "You are not allowed to revoke users sessions"}
	MayNotDeleteUsers       = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS", Message: "You are not allowed to delete users"}
	MayNotSetPassword       = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD", Message: "You are not allowed to set users password"}
	BannedUser              = auth.Code{Name: "BANNED_USER", Message: "You have been banned from this application"}
	MayNotGetUser           = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_GET_USER", Message: "You are not allowed to get user"}
	NoDataToUpdate          = auth.Code{Name: "NO_DATA_TO_UPDATE", Message: "No data to update"}
	MayNotUpdateUsers       = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS", Message: "You are not allowed to update users"}
	CannotRemoveYourself    = auth.Code{Name: "YOU_CANNOT_REMOVE_YOURSELF", Message: "You cannot remove yourself"}
	NoSuchRole              = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE", Message: "You are not allowed to set a non-existent role value"}
	CannotImpersonateAdmins = auth.Code{Name: "YOU_CANNOT_IMPERSONATE_ADMINS", Message: "You cannot impersonate admins"}
	InvalidRoleType         = auth.Code{Name: "INVALID_ROLE_TYPE", Message: "Invalid role type"}
	MayNotSetEmail          = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_EMAIL", Message: "You are not allowed to update users email"}
	MayNotSetPhoneNumber    = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PHONE_NUMBER", Message: "You are not allowed to update users phone number"}
	PasswordCannotBeUpdated = auth.Code{Name: "PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER", Message: "Password cannot be updated through update-user. Use the set-user-password endpoint instead"}
	UserIDCannotBeUpdated   = auth.Code{Name: "USER_ID_CANNOT_BE_UPDATED", Message: "User id cannot be updated"}
)

func codes() []auth.Code {
	return []auth.Code{
		auth.FailedToCreateUser, auth.UserAlreadyExists, auth.UserAlreadyExistsUseAnotherEmail,
		CannotBanYourself, MayNotChangeRole, MayNotCreateUsers, MayNotListUsers, MayNotListSessions, MayNotBanUsers,
		MayNotImpersonate, MayNotRevokeSessions, MayNotDeleteUsers, MayNotSetPassword, BannedUser, MayNotGetUser,
		NoDataToUpdate, MayNotUpdateUsers, CannotRemoveYourself, NoSuchRole, CannotImpersonateAdmins, InvalidRoleType,
		MayNotSetEmail, MayNotSetPhoneNumber, PasswordCannotBeUpdated, UserIDCannotBeUpdated,
	}
}
