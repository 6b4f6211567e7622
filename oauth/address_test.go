package oauth

import "testing"

func TestAddressesAsTheReferenceWritesThem(t *testing.T) {
	for _, r := range []struct{ address, want string }{
		{"https://a.example//token", "https://a.example/token"}, {"https://a.example", "https://a.example/"}, {"https://a.example?x=1", "https://a.example/?x=1"},
		{"https://a.example/a//b///c?x=//&y=a%2fb", "https://a.example/a//b///c?x=%2F%2F&y=a%2Fb"}, {"HTTPS://A.example:443/X/", "https://a.example/X/"},
		{"http://u:P@A.example:8080/a", "http://u:P@a.example:8080/a"}, {"https://a.example/a#b?x#f", "https://a.example/a%23b?x%23f="},
		{"https://a.example/a+b/~*!@$&,;=/ü:(c)", "https://a.example/a%2Bb/~*!%40%24%26%2C%3B%3D/%C3%BC:(c)"},
		{"https://a.example/a?q=%zz&r=a+b&s=%2B", "https://a.example/a?q=%25zz&r=a%20b&s=%2B"},
		// Here the reference encodes twice, and does not find the resource.
		{"https://a.example/my%20realm/100%", "https://a.example/my%20realm/100%25"},
		{"/a", "/a"}, {"", ""},
	} {
		if got := plain(r.address); got != r.want {
			t.Errorf("%s: %s, want %s", r.address, got, r.want)
		}
	}
}
