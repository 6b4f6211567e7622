package config

import (
	"cmp"
	"path/filepath"
	"strings"
)

// settleUI checks the part ui and makes the paths of its files absolute.
func (f *File) settleUI(d *decoder, dir string) {
	f.UI.Name = cmp.Or(f.UI.Name, f.Options.AppName, "Better Auth")
	for _, file := range []*string{&f.UI.Logo, &f.UI.CSS} {
		if *file != "" && !filepath.IsAbs(*file) {
			*file = filepath.Join(dir, *file)
		}
	}
	if err := f.UI.Check(); err != nil {
		for line := range strings.Lines(err.Error()) {
			d.fail("ui", position{}, "%s", strings.TrimSpace(line))
		}
	}
}

// placePages gives the pages a path of their own if the endpoints are at the root: some would have the same path.
func (f *File) placePages() {
	base := f.Options.BasePath
	if f.UI.Path == "" && base != "" && strings.TrimRight(base, "/") == f.root {
		f.UI.Path = "/ui"
	}
}

// usePages lets options of plugins for pages, such as loginPage of oauth-provider, lead to those of the server if
// they are not set.
func (f *File) usePages() {
	for _, p := range f.Plugins {
		if o, ok := p.Options.(interface{ UsePages(path string) }); ok {
			o.UsePages(f.root + f.UI.Path)
		}
	}
}
