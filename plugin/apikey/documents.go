package apikey

import "github.com/seed-32bd42cb/betterauth/js"

// The OpenAPI descriptions of the endpoints.

func typed(kind, description string) *js.Object {
	return js.Obj("type", kind, "description", description)
}

func nullable(kind, description string) *js.Object {
	return js.Obj("type", kind, "nullable", true, "description", description)
}

func date(description string) *js.Object {
	return js.Obj("type", "string", "format", "date-time", "description", description)
}

func nullableDate(description string) *js.Object {
	return js.Obj("type", "string", "format", "date-time", "nullable", true, "description", description)
}

func createDocument() *js.Object {
	return js.Obj(
		"description", "Create a new API key for a user",
		"responses", js.Obj(
			"200", js.Obj(
				"description", "API key created successfully",
				"content", js.Obj(
					"application/json", js.Obj(
						"schema", js.Obj(
							"type", "object",
							"properties", js.Obj(
								"id", typed("string", "Unique identifier of the API key"),
								"createdAt", date("Creation timestamp"),
								"updatedAt", date("Last update timestamp"),
								"name", nullable("string", "Name of the API key"),
								"prefix", nullable("string", "Prefix of the API key"),
								"start", nullable("string", "Starting characters of the key (if configured)"),
								"key", typed("string", "The full API key (only returned on creation)"),
								"enabled", typed("boolean", "Whether the key is enabled"),
								"expiresAt", nullableDate("Expiration timestamp"),
								"referenceId", typed("string", "ID of the reference owning the key"),
								"lastRefillAt", nullableDate("Last refill timestamp"),
								"lastRequest", nullableDate("Last request timestamp"),
								"metadata", js.Obj(
									"type", "object",
									"nullable", true,
									"additionalProperties", true,
									"description", "Metadata associated with the key",
								),
								"rateLimitMax", nullable("number", "Maximum requests in time window"),
								"rateLimitTimeWindow", nullable("number", "Rate limit time window in milliseconds"),
								"remaining", nullable("number", "Remaining requests"),
								"refillAmount", nullable("number", "Amount to refill"),
								"refillInterval", nullable("number", "Refill interval in milliseconds"),
								"rateLimitEnabled", typed("boolean", "Whether rate limiting is enabled"),
								"requestCount", typed("number", "Current request count in window"),
								"permissions", js.Obj(
									"type", "object",
									"nullable", true,
									"additionalProperties", js.Obj("type", "array", "items", js.Obj("type", "string")),
									"description", "Permissions associated with the key",
								),
							),
							"required", []any{"id", "createdAt", "updatedAt", "key", "enabled", "referenceId", "rateLimitEnabled", "requestCount"},
						),
					),
				),
			),
		),
	)
}

// keySchema describes a key in the answers of get, list and update.
func keySchema() *js.Object {
	return js.Obj(
		"type", "object",
		"properties", js.Obj(
			"id", typed("string", "ID"),
			"name", nullable("string", "The name of the key"),
			"start", nullable("string", "Shows the first few characters of the API key, including the prefix. This allows you to show those few characters in the UI to make it easier for users to identify the API key."),
			"prefix", nullable("string", "The API Key prefix. Stored as plain text."),
			"userId", typed("string", "The owner of the user id"),
			"refillInterval", nullable("number", "The interval in milliseconds between refills of the `remaining` count. Example: 3600000 // refill every hour (3600000ms = 1h)"),
			"refillAmount", nullable("number", "The amount to refill"),
			"lastRefillAt", nullableDate("The last refill date"),
			"enabled", js.Obj("type", "boolean", "description", "Sets if key is enabled or disabled", "default", true),
			"rateLimitEnabled", typed("boolean", "Whether the key has rate limiting enabled"),
			"rateLimitTimeWindow", nullable("number", "The duration in milliseconds"),
			"rateLimitMax", nullable("number", "Maximum amount of requests allowed within a window"),
			"requestCount", typed("number", "The number of requests made within the rate limit time window"),
			"remaining", nullable("number", "Remaining requests (every time api key is used this should updated and should be updated on refill as well)"),
			"lastRequest", nullableDate("When last request occurred"),
			"expiresAt", nullableDate("Expiry date of a key"),
			"createdAt", date("created at"),
			"updatedAt", date("updated at"),
			"metadata", js.Obj(
				"type", "object",
				"nullable", true,
				"additionalProperties", true,
				"description", "Extra metadata about the apiKey",
			),
			"permissions", nullable("string", "Permissions for the api key (stored as JSON string)"),
		),
		"required", []any{"id", "userId", "enabled", "rateLimitEnabled", "requestCount", "createdAt", "updatedAt"},
	)
}

func getDocument() *js.Object {
	return js.Obj(
		"description", "Retrieve an existing API key by ID",
		"responses", js.Obj(
			"200", js.Obj(
				"description", "API key retrieved successfully",
				"content", js.Obj(
					"application/json", js.Obj(
						"schema", keySchema(),
					),
				),
			),
		),
	)
}

func listDocument() *js.Object {
	return js.Obj(
		"description", "List all API keys for the authenticated user or for a specific organization",
		"responses", js.Obj(
			"200", js.Obj(
				"description", "API keys retrieved successfully",
				"content", js.Obj(
					"application/json", js.Obj(
						"schema", js.Obj(
							"type", "object",
							"properties", js.Obj(
								"apiKeys", js.Obj(
									"type", "array",
									"items", keySchema(),
								),
								"total", typed("number", "Total number of API keys"),
								"limit", nullable("number", "The limit used for pagination"),
								"offset", nullable("number", "The offset used for pagination"),
							),
							"required", []any{"apiKeys", "total"},
						),
					),
				),
			),
		),
	)
}

func updateDocument() *js.Object {
	return js.Obj(
		"description", "Update an existing API key by ID",
		"responses", js.Obj(
			"200", js.Obj(
				"description", "API key updated successfully",
				"content", js.Obj(
					"application/json", js.Obj(
						"schema", keySchema(),
					),
				),
			),
		),
	)
}

func deleteDocument() *js.Object {
	return js.Obj(
		"description", "Delete an existing API key",
		"requestBody", js.Obj(
			"content", js.Obj(
				"application/json", js.Obj(
					"schema", js.Obj(
						"type", "object",
						"properties", js.Obj("keyId", typed("string", "The id of the API key to delete")),
						"required", []any{"keyId"},
					),
				),
			),
		),
		"responses", js.Obj(
			"200", js.Obj(
				"description", "API key deleted successfully",
				"content", js.Obj(
					"application/json", js.Obj(
						"schema", js.Obj(
							"type", "object",
							"properties", js.Obj("success", typed("boolean", "Indicates if the API key was successfully deleted")),
							"required", []any{"success"},
						),
					),
				),
			),
		),
	)
}
