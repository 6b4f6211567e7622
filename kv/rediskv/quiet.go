package rediskv

import "github.com/redis/go-redis/v9/logging"

// Quiet turns off the Redis library's own messages on standard error, for the whole
// process: it writes several lines for each failed call. A program that logs the
// errors of a Store misses nothing.
func Quiet() { logging.Disable() }
