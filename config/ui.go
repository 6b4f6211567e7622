package config

import (
	"path/filepath"
	"strings"
)

// settleUI checks the part ui and makes the paths of its files absolute.
func (f *File) settleUI(d *decoder, dir string) {
	if f.UI.Name == "" {
		f.UI.Name = f.Options.AppName
	}
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
