package base_test

import "testing"

func TestOK(t *testing.T) {
	endpoint{method: "GET", path: "/ok"}.test(t, []call{
		{name: "returns ok", by: nobody, status: 200, want: want{"", map[string]any{"ok": true}}},
		{name: "POST", by: nobody, method: "POST", status: 404},
	})
}
