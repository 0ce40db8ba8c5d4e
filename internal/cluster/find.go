package cluster

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/guomen/guomen/internal/errs"
)

// Install is the line to type where PostgreSQL is lacking.
const Install = "apt-get install postgresql"

// installed is where Debian puts the programs of each major version; only psql and its like are in the PATH there.
const installed = "/usr/lib/postgresql"

// find gives the folder that holds initdb and postgres: where the PATH leads, or else the newest version that Debian
// installed.
func find() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		// A link in the PATH leads to the folder where the other programs are.
		if path, err = filepath.EvalSymlinks(path); err == nil && complete(filepath.Dir(path)) {
			return filepath.Dir(path), nil
		}
	}
	newest, folder := 0, ""
	versions, _ := os.ReadDir(installed) // absent elsewhere
	for _, version := range versions {
		number, err := strconv.Atoi(version.Name())
		candidate := filepath.Join(installed, version.Name(), "bin")
		if err == nil && number > newest && complete(candidate) {
			newest, folder = number, candidate
		}
	}
	if folder == "" {
		return "", errs.New(errs.Unavailable, "postgres.missing", "PostgreSQL's server programs are not installed; type: %s", Install)
	}
	return folder, nil
}

func complete(folder string) bool {
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(folder, program)); err != nil {
			return false
		}
	}
	return true
}
