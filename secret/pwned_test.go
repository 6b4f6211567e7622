package secret

import "testing"

func TestPwnedRange(t *testing.T) {
	for password, want := range map[string][2]string{
		"password": {"5BAA6", "1E4C9B93F3F0682250B6CF8331B7EE68FD8"},
		"":         {"DA39A", "3EE5E6B4B0D3255BFEF95601890AFD80709"},
	} {
		if sent, rest := PwnedRange(password); sent != want[0] || rest != want[1] {
			t.Errorf("%q: %s %s", password, sent, rest)
		}
	}
}
