package rediskv

import "github.com/redis/go-redis/v9/logging"

// Quiet turns off what the Redis library writes to standard error by itself, for
// the whole process: several lines for each call of an outage. A program that
// logs the errors of a Store misses nothing.
func Quiet() { logging.Disable() }
