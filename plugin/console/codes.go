package console

import "github.com/seed-32bd42cb/betterauth/auth"

// The error codes of this plugin.
var (
	AccessDenied  = auth.Code{Name: "CONSOLE_ACCESS_DENIED", Message: "You may not use the console"}
	ActionDenied  = auth.Code{Name: "CONSOLE_ACTION_DENIED", Message: "Your role does not allow this"}
	Impersonating = auth.Code{Name: "CONSOLE_IMPERSONATING", Message: "Stop impersonating the user to use the console"}
	PluginMissing = auth.Code{Name: "CONSOLE_PLUGIN_MISSING", Message: "The plugin that this needs is not configured"}
	NotFound      = auth.Code{Name: "CONSOLE_NOT_FOUND", Message: "There is no such row"}
	KeysElsewhere = auth.Code{Name: "CONSOLE_KEYS_ELSEWHERE", Message: "The keys are not managed by this server"}
	ClientRefused = auth.Code{Name: "CONSOLE_CLIENT_REFUSED", Message: "The server does not accept this client"} // answered with the reason as the message
)

func codes() []auth.Code {
	return []auth.Code{AccessDenied, ActionDenied, Impersonating, PluginMissing, NotFound, KeysElsewhere, ClientRefused}
}
