package main

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/web"
)

// version is the module's version, or the commit that this build was made from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return "devel"
}

// shipped is one line: a thing that is in the program, and its licence.
type shipped struct {
	Kind    string `json:"kind"` // program, runtime, module or bundle
	Name    string `json:"name"`
	Version string `json:"version"`
	Licence string `json:"licence"`
}

// runVersion prints one line of JSON for the program, one for each Go module in it and one for each front-end package
// that is bundled, with its licence.
func runVersion(_ context.Context, args []string, out io.Writer) error {
	if err := parse(flags("version", ""), args, 0, 0); err != nil {
		return err
	}
	line := func(kind, name, v, licence string) error {
		data, err := encodeJSON(shipped{kind, name, v, licence})
		if err == nil {
			_, err = fmt.Fprintln(out, string(data))
		}
		return err
	}
	if err := line("program", "guomen", version(), "Apache-2.0"); err != nil {
		return err
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	if err := line("runtime", "go", info.GoVersion, "BSD-3-Clause"); err != nil {
		return err
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		if err := line("module", m.Path, m.Version, licenceOf(m.Path)); err != nil {
			return err
		}
	}
	return bundled(line)
}

// licenceOf is the licence of a Go module that is linked in; a test holds the list to the modules that are.
func licenceOf(path string) string {
	for prefix, licence := range licences {
		if path == prefix || strings.HasPrefix(path, prefix+"/") {
			return licence
		}
	}
	return "unknown"
}

// licences are those of the modules that the program is linked from, read from their own files.
var licences = map[string]string{
	"cel.dev":                            "Apache-2.0",
	"github.com/antlr4-go/antlr":         "BSD-3-Clause",
	"github.com/beorn7/perks":            "MIT",
	"github.com/cespare/xxhash":          "MIT",
	"github.com/danielgtaylor/huma":      "MIT",
	"github.com/dustin/go-humanize":      "MIT",
	"github.com/emmansun/gmsm":           "MIT",
	"github.com/go-json-experiment/json": "BSD-3-Clause",
	"github.com/goccy/go-json":           "MIT",
	"github.com/goccy/go-yaml":           "MIT",
	"github.com/google/uuid":             "BSD-3-Clause",
	"github.com/jackc":                   "MIT",
	"github.com/mattn/go-isatty":         "MIT",
	"github.com/munnerz/goautoneg":       "BSD-3-Clause",
	"github.com/ncruces/go-strftime":     "MIT",
	"github.com/prometheus":              "Apache-2.0",
	"github.com/remyoudompheng/bigfft":   "BSD-3-Clause",
	"github.com/transparency-dev/merkle": "Apache-2.0",
	"go.yaml.in/yaml":                    "MIT and Apache-2.0",
	"golang.org/x":                       "BSD-3-Clause",
	"google.golang.org/genproto":         "Apache-2.0",
	"google.golang.org/protobuf":         "BSD-3-Clause",
	"modernc.org":                        "BSD-3-Clause",
}

// bundled prints the front-end packages that the build has put into the program; none where it was built without npm.
func bundled(line func(kind, name, v, licence string) error) error {
	data, ok := web.Bundled()
	if !ok {
		return nil
	}
	var list []struct {
		Package string `json:"package"`
		Version string `json:"version"`
		License string `json:"license"`
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return errs.Wrap(errs.Broken, err, "read the list of bundled packages")
	}
	for _, one := range list {
		if err := line("bundle", one.Package, one.Version, one.License); err != nil {
			return err
		}
	}
	return nil
}
