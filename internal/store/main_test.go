package store_test

import (
	"flag"
	"os"
	"testing"

	"github.com/guomen/guomen/internal/store/storetest"
)

// TestMain runs the tests, or, where the torture started this binary again, its child.
func TestMain(m *testing.M) {
	if url := os.Getenv(childVariable); url != "" {
		tortured(url)
		return
	}
	flag.Parse()
	// The suite runs on three databases that flush every commit: fewer checks unless more are asked for, and more tests at
	// a time than there are processors, because they wait for disks and clocks.
	for name, value := range map[string]string{"rapid.checks": "15", "test.parallel": "8"} {
		if f := flag.Lookup(name); f.Value.String() == f.DefValue {
			if err := flag.Set(name, value); err != nil {
				panic(err)
			}
		}
	}
	os.Exit(storetest.Main(m))
}
