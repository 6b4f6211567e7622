package auth

import (
	"html/template"

	"github.com/seed-32bd42cb/betterauth/callback"
)

// OnAPIError says what happens when an endpoint fails.
type OnAPIError struct {
	// Accepted; changes nothing.
	Throw bool `json:"throw"`
	// Where a browser is sent when a flow of redirects fails.
	ErrorURL string `json:"errorURL"`
	// Called with each error that an endpoint ends in.
	OnError callback.Func[ErrorEvent, callback.Nothing] `json:"onError"`
	// Look of the default error page.
	CustomizeDefaultErrorPage *ErrorPage `json:"customizeDefaultErrorPage"`
}

// ErrorPage changes the look of the default error page; values are CSS.
type ErrorPage struct {
	// Leaves the border of the title out.
	DisableTitleBorder bool `json:"disableTitleBorder"`
	// Leaves the decorations in the corners out.
	DisableCornerDecorations bool `json:"disableCornerDecorations"`
	// Leaves the grid in the background out.
	DisableBackgroundGrid bool `json:"disableBackgroundGrid"`
	// Colors of the page.
	Colors ErrorColors `json:"colors"`
	// Sizes of the page.
	Size ErrorSizes `json:"size"`
	// Fonts of the page.
	Font ErrorFonts `json:"font"`
}

// ErrorColors are the colors of the error page, as CSS values.
type ErrorColors struct {
	Background        template.CSS `json:"background"`
	Foreground        template.CSS `json:"foreground"`
	Primary           template.CSS `json:"primary"`
	PrimaryForeground template.CSS `json:"primaryForeground"`
	MutedForeground   template.CSS `json:"mutedForeground"`
	Border            template.CSS `json:"border"`
	Destructive       template.CSS `json:"destructive"`
	TitleBorder       template.CSS `json:"titleBorder"`
	TitleColor        template.CSS `json:"titleColor"`
	GridColor         template.CSS `json:"gridColor"`
	CardBackground    template.CSS `json:"cardBackground"`
	CornerBorder      template.CSS `json:"cornerBorder"`
}

// ErrorSizes are the sizes of the error page, as CSS values.
type ErrorSizes struct {
	RadiusSm template.CSS `json:"radiusSm"`
	RadiusMd template.CSS `json:"radiusMd"`
	RadiusLg template.CSS `json:"radiusLg"`
	TextSm   template.CSS `json:"textSm"`
	Text2xl  template.CSS `json:"text2xl"`
	Text4xl  template.CSS `json:"text4xl"`
	Text6xl  template.CSS `json:"text6xl"`
}

// ErrorFonts are the fonts of the error page, as CSS values.
type ErrorFonts struct {
	DefaultFamily template.CSS `json:"defaultFamily"`
	MonoFamily    template.CSS `json:"monoFamily"`
}

// IsZero reports whether the page was not customized. In production the browser is then sent to the root of the site
// instead.
func (p *ErrorPage) IsZero() bool { return p == nil }
