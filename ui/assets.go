package ui

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

// The files in dist are built from web: `make ui`. TestAssets compares them.
//
//go:embed dist web/texts
var files embed.FS

// assetPath begins the paths of scripts and styles, below the path of the pages.
const assetPath = "/_ui/"

// bundle is an entry of Vite's manifest.
type bundle struct {
	File    string   `json:"file"`
	CSS     []string `json:"css"`
	Imports []string `json:"imports"`
}

// assets are the built files.
type assets struct {
	bundles map[string]bundle
	mu      sync.Mutex
	packed  map[string][]byte // by name: the gzip form, made at the first request
}

func loadAssets() (*assets, error) {
	text, err := files.ReadFile("dist/manifest.json")
	if err != nil {
		return nil, err
	}
	a := &assets{packed: map[string][]byte{}}
	return a, json.Unmarshal(text, &a.bundles)
}

// of returns the script of an entry, the scripts that it imports, and its styles.
func (a *assets) of(entry string) (script string, imports, styles []string) {
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		b := a.bundles[name]
		for _, child := range b.Imports {
			visit(child)
			imports = append(imports, a.bundles[child].File)
		}
		styles = append(styles, b.CSS...)
	}
	name := "src/" + entry + "/main.tsx"
	visit(name)
	return a.bundles[name].File, imports, styles
}

// serve answers with a built file. Its name contains a hash of its content.
func (a *assets) serve(w http.ResponseWriter, r *http.Request, name string) {
	body, err := fs.ReadFile(files, path.Join("dist", name))
	if err != nil || strings.Contains(name, "/") || name == "manifest.json" {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.gzip(name, body)
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

func (a *assets) gzip(name string, body []byte) []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	if packed, ok := a.packed[name]; ok {
		return packed
	}
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is valid
	_, _ = z.Write(body)                                    // a Buffer takes all
	_ = z.Close()
	a.packed[name] = out.Bytes()
	return out.Bytes()
}
