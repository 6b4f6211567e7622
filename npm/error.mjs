const names = {
  302: "FOUND", 400: "BAD_REQUEST", 401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED",
  409: "CONFLICT", 410: "GONE", 413: "PAYLOAD_TOO_LARGE", 415: "UNSUPPORTED_MEDIA_TYPE", 422: "UNPROCESSABLE_ENTITY",
  429: "TOO_MANY_REQUESTS", 500: "INTERNAL_SERVER_ERROR", 501: "NOT_IMPLEMENTED", 502: "BAD_GATEWAY", 503: "SERVICE_UNAVAILABLE",
};

/**
 * The error of a call that failed. `isAPIError` of better-auth/api recognises it by its name; importing the class of
 * better-auth would pull the whole server into every bundle that only wants to call one.
 */
export class APIError extends Error {
  name = "APIError";

  constructor(statusCode, body, headers = new Headers(), options) {
    super(body?.message ?? names[statusCode] ?? `status ${statusCode}`, options);
    this.statusCode = statusCode;
    this.status = names[statusCode] ?? statusCode;
    this.body = body;
    this.headers = headers;
  }
}
